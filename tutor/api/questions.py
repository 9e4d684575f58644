"""The log of a course's questions, as a list and as a file for spreadsheets."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from starlette.responses import StreamingResponse

from tutor import instructor_schemas as wire
from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk, Desk
from tutor.api.documented import error_responses
from tutor.api.instructor_wire import pseudonym, question_on_wire
from tutor.api.paging import CursorExpired, decode_cursor, encode_cursor
from tutor.api.reading import Cursor, Limit
from tutor.records.csv_export import Cell, csv_lines
from tutor.state import courses, feedback, questions
from tutor.state.feedback import FeedbackRecord
from tutor.state.questions import Filter, ListedQuestion, Sort

router = APIRouter(prefix="/api/v1/courses/{course}", tags=["instructors"])

CSV = "text/csv"
_EXPORT_PAGE = 500  # rows read at once: a year's export never stands in memory

_COLUMNS = (
    "asked_at", "person", "channel", "question", "query_used", "intent", "status", "confidence", "topic", "citations",
    "verified", "verdicts", "comments", "milliseconds", "generation", "answer_id",
)  # fmt: skip

_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "A page; as CSV, the whole of it, when asked for.", "content": {CSV: {}}}
}


@router.get(
    "/questions",
    operation_id="listQuestions",
    summary="What was asked",
    response_model=wire.QuestionPage,
    responses={**_RESPONSES, **error_responses(404, 422)},
)
def list_questions(  # noqa: PLR0913  (a parameter each, as FastAPI wants them)
    course: CourseId,
    desk: AtDesk,
    *,
    status: Literal["answered", "partly", "not_in_course"] | None = None,
    verdict: Annotated[
        Literal["up", "down", "wrong_source", "missing", "any", "open"] | None,
        Query(description="Of anybody's feedback; any: with feedback; open: not dealt with yet."),
    ] = None,
    max_confidence: Annotated[float | None, Query(ge=0, le=1)] = None,
    search: Annotated[str, Query(max_length=200, description="In the question, as typed or as read.")] = "",
    since: datetime | None = None,
    until: Annotated[datetime | None, Query(description="Exclusive.")] = None,
    sort: Sort = "newest",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> wire.QuestionPage | Response:
    """Every question of the course, with what became of it; send ``Accept: text/csv`` for a file of all of them."""
    desk.require("instruct", course)
    desk.course(course)
    desk.backend.asking.recorder.settle()
    wanted = Filter(status or "", verdict or "", max_confidence, search, _in_utc(since), _in_utc(until))
    if CSV in desk.request.headers.get("accept", ""):
        return _export(course, wanted, sort, desk)
    with desk.backend.database.reading() as connection:
        after = decode_cursor(cursor) if cursor else ""
        found = questions.listed(connection, course, wanted, sort=sort, after=after, limit=limit + 1)
        if found is None:
            raise CursorExpired
        judged = feedback.of_answers(connection, course, [one.record.answer_id for one in found])
        keeps = courses.find_course(connection, course)
    page = found[:limit]
    next_cursor = encode_cursor(page[-1].record.answer_id) if len(found) > limit else None
    is_on = desk.backend.asking.log_questions and (keeps is None or keeps.log_questions)
    return wire.QuestionPage(
        questions=[question_on_wire(one, judged) for one in page], next_cursor=next_cursor, log=_log(desk, is_on=is_on)
    )


def _log(desk: Desk, *, is_on: bool) -> wire.QuestionLog:
    recorder = desk.backend.asking.recorder
    state: Literal["on", "off", "failing"] = "failing" if recorder.trouble else "on"
    return wire.QuestionLog(state=state if is_on else "off", detail=recorder.trouble, n_lost=recorder.n_lost)


def _in_utc(moment: datetime | None) -> datetime | None:
    """A moment without a zone is meant in UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _export(course_id: str, wanted: Filter, sort: Sort, desk: Desk) -> Response:
    lines = csv_lines(_COLUMNS, _rows(course_id, wanted, sort, desk))
    headers = {"content-disposition": 'attachment; filename="questions.csv"'}
    return StreamingResponse(lines, media_type=f"{CSV}; charset=utf-8", headers=headers)


def _rows(course_id: str, wanted: Filter, sort: Sort, desk: Desk) -> Iterator[tuple[Cell, ...]]:
    after = ""
    while True:
        with desk.backend.database.reading() as connection:
            page = questions.listed(connection, course_id, wanted, sort=sort, after=after, limit=_EXPORT_PAGE) or ()
            judged = feedback.of_answers(connection, course_id, [one.record.answer_id for one in page])
        for one in page:
            yield _row(one, [each for each in judged if each.answer_id == one.record.answer_id])
        if len(page) < _EXPORT_PAGE:
            return
        after = page[-1].record.answer_id


def _row(listed: ListedQuestion, judged: list[FeedbackRecord]) -> tuple[Cell, ...]:
    record = listed.record
    return (
        record.asked_at.isoformat(), pseudonym(record.person_id), record.channel, record.question, record.query_used,
        record.intent, record.status, record.confidence, record.topic, listed.n_citations, record.verified_id or "",
        " ".join(one.verdict for one in judged), " | ".join(one.comment for one in judged if one.comment),
        record.total_ms, record.generation, record.answer_id,
    )  # fmt: skip
