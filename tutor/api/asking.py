"""Routes that embed and search: ask and search. Their work goes through the bounded pool."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from tutor import schemas
from tutor.api.backend import AtDesk
from tutor.api.documented import ANSWER_EXAMPLE, error_responses
from tutor.api.events import answer_stream
from tutor.api.json_only import JsonOnly
from tutor.api.streams import EVENT_STREAM, wants_event_stream
from tutor.api.wire import answer_on_wire, hit_on_wire
from tutor.errors import QuestionTooLong
from tutor.records.receipts import Channel
from tutor.types import Turn

router = APIRouter(prefix="/api/v1/courses/{course}", route_class=JsonOnly)

CourseId = Annotated[str, Path(description="The course's id.", examples=["deep-learning-in-medicine"])]

_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer; as server-sent events meta, citation, delta, done when asked for.",
        "content": {"application/json": {"example": ANSWER_EXAMPLE}, EVENT_STREAM: {"schema": {"type": "string"}}},
    }
}


@router.post(
    "/ask",
    operation_id="ask",
    tags=["asking"],
    summary="Ask a course",
    response_model=schemas.Answer,
    responses={**_ANSWER, **error_responses(404, 415, 422, 429)},
)
async def ask(course: CourseId, body: schemas.AskRequest, desk: AtDesk) -> schemas.Answer | Response:
    """Answer from the course text only, every statement cited to its span; or say that the course does not say it.

    Send ``Accept: text/event-stream`` for server-sent events: ``meta``, then ``citation`` and ``delta`` for each
    statement, then ``done`` with the whole answer; ``error`` with a problem when something fails midway.
    """
    desk.require("ask", course)
    await desk.spend(course)
    history = [Turn(turn.role, turn.content) for turn in body.history]
    channel: Channel = "api" if desk.caller.kind == "key" else "chat"

    def answer() -> schemas.Answer:
        return answer_on_wire(desk.ask(course, body.question, history, channel, document_id=body.document_id))

    workers = desk.backend.workers
    if not wants_event_stream(desk.request.scope):
        return await workers.run(answer, desk.request, course)
    answering: asyncio.Future[schemas.Answer] = workers.submit(answer, desk.request, course)
    return await answer_stream(answering, course, desk.request, deadline_s=workers.deadline_s)


@router.post(
    "/search",
    operation_id="search",
    tags=["asking"],
    summary="Search a course",
    response_model=schemas.SearchResults,
    responses=error_responses(404, 415, 422, 429),
)
async def search(course: CourseId, body: schemas.SearchRequest, desk: AtDesk) -> schemas.SearchResults:
    """The passages nearest to a query, best first, whether or not they answer anything."""
    desk.require("read", course)
    await desk.spend(course)

    def find() -> schemas.SearchResults:
        tutor = desk.tutor(course)
        if len(body.query) > tutor.max_question_chars:
            raise QuestionTooLong(len(body.query), tutor.max_question_chars)
        found = tutor.search(body.query, top_k=body.top_k) if body.query.strip() else ()
        hits = [hit_on_wire(scored, tutor.index) for scored in found]
        return schemas.SearchResults(query=body.query, hits=hits, generation=tutor.index.generation)

    return await desk.backend.workers.run(find, desk.request, course)
