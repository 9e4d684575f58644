"""An answer as it arrives: the API's events put together into what the page shows next."""

from collections.abc import AsyncIterator
from typing import TypedDict

from tutor.answer_text import announcement, copied_answer, remembered_answer
from tutor.schemas import Answer, AskRequest, Citation, DeltaEvent, MetaEvent, Statement
from ui.answer_html import render_answer, render_failure
from ui.api_client import ApiClient, ApiError


class Place(TypedDict):
    """Where a marker leads: what the page sends back to open it."""

    marker: int
    document: str
    start: int
    end: int
    chunk: str  # what a permanent link names


class Update(TypedDict):
    """What the page shows for one turn from now on; each update replaces the one before."""

    turn: int
    phase: str  # "arriving", then "finished" or "failed"
    html: str
    places: list[Place]
    announce: str  # for screen readers; empty until the turn is over
    copy: str
    remember: str  # the assistant's turn of the history; empty if there is none
    answer: str  # the id under which it can be judged; empty until it is over
    suggestions: list[str]  # what to ask next


async def stream_answer(client: ApiClient, turn: int, course_id: str, request: AskRequest) -> AsyncIterator[Update]:
    """Ask, and give one update per event that changes what is seen; the last is finished or failed."""
    arrived = _Arrived()
    try:
        async for event in client.ask(course_id, request):
            if isinstance(event, Answer):
                yield finished(turn, event)
            elif answer := arrived.after(event):
                yield _arriving(turn, answer)
    except ApiError as error:
        yield failed(turn, error.words)


def finished(turn: int, answer: Answer) -> Update:
    """The last update of a turn that was answered or honestly refused."""
    return {
        **_arriving(turn, answer),
        "phase": "finished",
        "html": render_answer(answer, finished=True),
        "announce": announcement(answer),
        "copy": copied_answer(answer),
        "remember": remembered_answer(answer),
        "answer": answer.answer_id,
        "suggestions": answer.suggestions,
    }


def failed(turn: int, words: str) -> Update:
    """The last update of a turn that came to nothing."""
    return Update(
        turn=turn,
        phase="failed",
        html=render_failure(words),
        places=[],
        announce=words,
        copy="",
        remember="",
        answer="",
        suggestions=[],
    )


def _arriving(turn: int, answer: Answer) -> Update:
    return Update(
        turn=turn,
        phase="arriving",
        html=render_answer(answer, finished=False),
        places=[
            Place(marker=c.marker, document=c.document_id, start=c.char_start, end=c.char_end, chunk=c.chunk_id)
            for c in answer.citations
        ],
        announce="",
        copy="",
        remember="",
        answer="",
        suggestions=[],
    )


class _Arrived:
    """The part of one answer that is here already."""

    def __init__(self) -> None:
        self._meta: MetaEvent | None = None
        self._citations: list[Citation] = []
        self._statements: dict[int, Statement] = {}

    def after(self, event: MetaEvent | Citation | DeltaEvent) -> Answer | None:
        """Take in ``event``; what to show now, or None while nothing new can be seen."""
        match event:
            case MetaEvent():
                self._meta = event
            case Citation():
                self._citations.append(event)
                return None  # its statement is still to come
            case DeltaEvent():
                known = self._statements.get(event.statement)
                self._statements[event.statement] = Statement(
                    text=(known.text if known else "") + event.text,
                    kind=event.kind,
                    term=event.term,
                    citations=event.citations,
                )
        return self._so_far() if self._meta else None

    def _so_far(self) -> Answer | None:
        if self._meta is None:
            return None
        return Answer(
            answer_id=self._meta.answer_id,
            status=self._meta.status,
            query=self._meta.query,
            statements=[statement for _, statement in sorted(self._statements.items())],
            citations=self._citations,
            nearest=[],
            message="",
            confidence=self._meta.confidence,
            generation=self._meta.generation,
            timing_ms={},
        )
