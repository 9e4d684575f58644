"""What the browser may send to the chat's handlers, checked: anyone who sees the page can call every handler."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from tutor.schemas import MAX_TURN_CHARS, MAX_TURNS, Turn

CourseId = Annotated[str, Field(min_length=1, max_length=200)]
Offset = Annotated[int, Field(ge=0)]


class BrowserEvent(BaseModel):
    """Root of the events: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Asked(BrowserEvent):
    """A question was sent. ``turn`` is the page's own number for it and comes back with every update."""

    turn: int
    course: CourseId
    question: str
    history: list[Turn] = []
    document: Annotated[str, Field(max_length=1000)] = ""  # the chapter the learner came from

    def recent_history(self) -> list[Turn]:
        """The last turns, as many and as long as the API takes."""
        return [Turn(role=turn.role, content=turn.content[:MAX_TURN_CHARS]) for turn in self.history[-MAX_TURNS:]]


class SourceOpened(BrowserEvent):
    """A marker or a section was opened: show the span, or with ``whole`` the document around it."""

    course: CourseId
    document: Annotated[str, Field(min_length=1, max_length=1000)]
    start: Offset
    end: Offset
    whole: bool = False


class CitationFollowed(BrowserEvent):
    """A permanent link was opened: a chunk, and the span in it that was cited."""

    course: CourseId
    citation: Annotated[str, Field(min_length=1, max_length=200)]
    start: Offset | None = None
    end: Offset | None = None

    def span(self) -> tuple[int, int] | None:
        """The cited words; None for the whole chunk."""
        return None if self.start is None or self.end is None else (self.start, self.end)


class Judged(BrowserEvent):
    """A learner's judgement of an answer; without a verdict the earlier one is taken back."""

    course: CourseId
    answer: Annotated[str, Field(min_length=1, max_length=200)]
    verdict: Literal["up", "down", "wrong_source", "missing"] | None = None
    comment: Annotated[str, Field(max_length=2000)] = ""
    marker: Annotated[int, Field(ge=1)] | None = None

    def judgement(self) -> dict[str, object] | None:
        """As the API takes it."""
        if self.verdict is None:
            return None
        said: dict[str, object] = {"verdict": self.verdict, "comment": self.comment}
        return said | ({"marker": self.marker} if self.marker else {})


class CourseChosen(BrowserEvent):
    """A course was chosen: show what it can be asked about."""

    course: CourseId
