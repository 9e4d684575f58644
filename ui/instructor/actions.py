"""What an instructor can change: each action as the browser sends it, checked, and what it asks of the API.

Anyone who sees a page can call its handlers by hand, so nothing here decides who may: the API does, on every call.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from ui.instructor.desk import Desk, Json

Id = Annotated[str, Field(min_length=1, max_length=1000)]
Words = Annotated[str, Field(max_length=10_000)]  # the API has its own, closer limits and says so
MAX_PIECES = 30  # as many statements as the API takes


class Done(BaseModel):
    """What to say, how to take it back, where to go next."""

    words: str
    undo: dict[str, str] | None = None  # the action that takes it back
    page: str = ""  # the page to show instead of this one
    job: str = ""  # the job to watch


class Action(BaseModel):
    """Root of the actions: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    async def carry_out(self, desk: Desk) -> Done:
        """Ask the API for it.

        Raises:
            ApiError: It refused or could not be reached; nothing was changed.
        """
        raise NotImplementedError


class RemoveSource(Action):
    """Take a file out of the course."""

    act: Literal["remove_source"]
    source: Id

    async def carry_out(self, desk: Desk) -> Done:
        """Answers stop using it at once."""
        job = await desk.change("DELETE", "sources", self.source)
        return Done(words="Removed. Answers no longer use this file.", job=_job_id(job))


class RetrySource(Action):
    """Read a file again."""

    act: Literal["retry_source"]
    source: Id

    async def carry_out(self, desk: Desk) -> Done:
        """Start the work anew."""
        job = await desk.change("POST", "sources", self.source, "retry")
        return Done(words="The file is being read again.", job=_job_id(job))


class Publish(Action):
    """Build the index again."""

    act: Literal["publish"]
    kind: Literal["publish", "rebuild"] = "publish"

    async def carry_out(self, desk: Desk) -> Done:
        """Start a job."""
        job = await desk.change("POST", "jobs", body={"kind": self.kind})
        return Done(words="A new version is being built. The present one keeps answering.", job=_job_id(job))


class Hide(Action):
    """Keep a passage out of all answers."""

    act: Literal["hide"]
    chunk: Id
    reason: Words = ""

    async def carry_out(self, desk: Desk) -> Done:
        """At once."""
        await desk.change("POST", "hidden", body={"chunk_id": self.chunk, "reason": self.reason})
        return Done(words="Hidden. No answer uses this passage.", undo={"act": "unhide", "chunk": self.chunk})


class Unhide(Action):
    """Let answers use a passage again."""

    act: Literal["unhide"]
    chunk: Id

    async def carry_out(self, desk: Desk) -> Done:
        """At once."""
        await desk.change("DELETE", "hidden", self.chunk)
        return Done(words="Answers may use this passage again.", undo={"act": "hide", "chunk": self.chunk})


class AddAlias(Action):
    """Another word for a term."""

    act: Literal["add_alias"]
    term: Id
    alias: Id

    async def carry_out(self, desk: Desk) -> Done:
        """With the next update."""
        added = await desk.change("POST", "aliases", body={"term": self.term, "alias": self.alias})
        return Done(
            words=f"“{self.alias}” will be read as “{self.term}”.",
            undo=_undo("remove_alias", "alias", added, "alias_id"),
        )


class RemoveAlias(Action):
    """Forget another word for a term."""

    act: Literal["remove_alias"]
    alias: Id

    async def carry_out(self, desk: Desk) -> Done:
        """With the next update."""
        await desk.change("DELETE", "aliases", self.alias)
        return Done(words="Alias removed.")


class AddNote(Action):
    """A definition or a sentence of the instructor's own."""

    act: Literal["add_note"]
    term: Words = ""
    text: Id
    aliases: Words = ""

    async def carry_out(self, desk: Desk) -> Done:
        """With the next update."""
        aliases = [alias.strip() for alias in self.aliases.split(",") if alias.strip()]
        body: Json = {"term": self.term.strip(), "text": self.text, "aliases": aliases}
        added = await desk.change("POST", "notes", body=body)
        return Done(
            words="Added. Answers can cite it in a moment.", undo=_undo("remove_note", "note", added, "note_id")
        )


class RemoveNote(Action):
    """Take the instructor's own words back."""

    act: Literal["remove_note"]
    note: Id

    async def carry_out(self, desk: Desk) -> Done:
        """With the next update."""
        await desk.change("DELETE", "notes", self.note)
        return Done(words="Removed.")


class ChosenPiece(BaseModel):
    """A stretch of a document that is a sentence of the answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: Id
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]


class Verify(Action):
    """Stand behind an answer; without sentences, behind a refusal."""

    act: Literal["verify"]
    question: Id
    answer: str = ""
    verified: str = ""
    changed: bool = True  # whether it is another answer than the one that was given
    pieces: Annotated[list[ChosenPiece], Field(max_length=MAX_PIECES)] = []

    async def carry_out(self, desk: Desk) -> Done:
        """At once, for whoever asks this question."""
        body: Json = {"question": self.question}
        if self.answer and not self.changed:
            body["answer_id"] = self.answer  # as it was given, with every place that says it
        elif self.pieces:
            body["statements"] = [
                {"document_id": piece.document, "char_start": piece.start, "char_end": piece.end}
                for piece in self.pieces
            ]
        else:
            body["status"] = "not_in_course"
        if self.verified:
            await desk.change("PUT", "verified", self.verified, body=body)
        else:
            await desk.change("POST", "verified", body=body)
        return Done(words="Verified. Students who ask this get exactly these words, with a tick.", page="corrections")


class RemoveVerified(Action):
    """Let the tutor answer a question by itself again."""

    act: Literal["remove_verified"]
    verified: Id

    async def carry_out(self, desk: Desk) -> Done:
        """At once."""
        await desk.change("DELETE", "verified", self.verified)
        return Done(words="The tutor answers this question by itself again.")


class Resolve(Action):
    """Mark students' feedback on an answer as handled."""

    act: Literal["resolve"]
    answer: Id

    async def carry_out(self, desk: Desk) -> Done:
        """At once."""
        await desk.change("POST", "answers", self.answer, "resolve")
        return Done(words="Feedback marked as handled.")


class Decide(Action):
    """Say which version of the index answers."""

    act: Literal["accept", "discard", "restore"]
    generation: Id

    async def carry_out(self, desk: Desk) -> Done:
        """At once."""
        await desk.change("POST", "generations", self.generation, self.act)
        words = {
            "accept": "The new version answers now.",
            "discard": "The new version was discarded; the old one goes on answering.",
            "restore": "The earlier version answers again.",
        }
        return Done(words=words[self.act])


AnyAction: TypeAlias = (
    RemoveSource
    | RetrySource
    | Publish
    | Hide
    | Unhide
    | AddAlias
    | RemoveAlias
    | AddNote
    | RemoveNote
    | Verify
    | RemoveVerified
    | Resolve
    | Decide
)


class Ordered(BaseModel):
    """An action on a course, as the browser sends it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    course: Annotated[str, Field(min_length=1, max_length=200)]
    action: Annotated[AnyAction, Field(discriminator="act")]


def _job_id(reply: Json) -> str:
    return str(reply.get("job_id", ""))


def _undo(act: str, field: str, added: Json, id_field: str) -> dict[str, str] | None:
    found = added.get(id_field)
    return {"act": act, field: str(found)} if found else None
