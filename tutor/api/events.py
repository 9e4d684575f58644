"""An answer as server-sent events: meta, each statement with its citations, done; a heartbeat while it is worked on."""

import asyncio
from collections.abc import AsyncIterator, Iterator

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from tutor import schemas
from tutor.api.errors import problem_of
from tutor.api.streams import EVENT_STREAM
from tutor.api.work import TookTooLong

HEARTBEAT_S = 15.0
GRACE_S = 1.0  # errors that show within it are still plain HTTP errors

STREAM_HEADERS = {"x-accel-buffering": "no"}  # tells nginx not to hold events back


async def answer_stream(
    answering: "asyncio.Future[schemas.Answer]", course_id: str, request: Request, *, deadline_s: float
) -> Response:
    """Stream an answer that is being worked on.

    Raises:
        Exception: Whatever made the work fail within the first second; later failures are ``error`` events.
    """
    try:
        await asyncio.wait({answering}, timeout=GRACE_S)
    except asyncio.CancelledError:
        answering.cancel()
        raise
    if answering.done():
        answering.result()
    events = _events(answering, course_id, request, deadline_s)
    return StreamingResponse(events, media_type=EVENT_STREAM, headers=STREAM_HEADERS)


async def _events(
    answering: "asyncio.Future[schemas.Answer]", course_id: str, request: Request, deadline_s: float
) -> AsyncIterator[str]:
    try:
        give_up = asyncio.get_running_loop().time() + deadline_s
        while not answering.done():
            if asyncio.get_running_loop().time() > give_up:
                raise TookTooLong(deadline_s)
            yield ": still working\n\n"
            await asyncio.wait({answering}, timeout=min(HEARTBEAT_S, deadline_s))
        for each in answer_events(answering.result(), course_id):
            yield each
    except Exception as error:  # the reply has begun: an event is all that can still tell the client
        yield event("error", problem_of(error, request))
    finally:
        answering.cancel()


def answer_events(answer: schemas.Answer, course_id: str) -> Iterator[str]:
    """The events of a finished answer, in order; the last repeats the whole, for clients that want only that."""
    meta = answer.model_dump(include={"answer_id", "status", "query", "confidence", "generation"})
    yield event("meta", schemas.MetaEvent.model_validate({**meta, "course_id": course_id}))
    citations = {citation.marker: citation for citation in answer.citations}
    for position, statement in enumerate(answer.statements):
        for marker in statement.citations:
            if marker in citations:
                yield event("citation", citations.pop(marker))
        yield event("delta", schemas.DeltaEvent(statement=position, **statement.model_dump()))
    yield event("done", answer)


def event(name: str, data: BaseModel) -> str:
    """One server-sent event."""
    return f"event: {name}\ndata: {data.model_dump_json()}\n\n"  # JSON has no line breaks of its own
