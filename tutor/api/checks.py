"""An instructor's own question set, put to the course as a job and compared with the time before."""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from tutor import insight_schemas as wire
from tutor import source_schemas
from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk, Desk
from tutor.api.documented import error_responses
from tutor.api.problems import UNSUPPORTED_MEDIA_TYPE, problem_response
from tutor.api.source_wire import job_on_wire
from tutor.evaluation.csv_questions import csv_rows, parse_csv_questions
from tutor.records.checking import MAX_QUESTIONS, checks_of
from tutor.state import audit, jobs
from tutor.state.jobs import JobRecord

router = APIRouter(prefix="/api/v1/courses/{course}/checks", tags=["instructors"])

CSV = "text/csv"
_MAX_LISTED = 50

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            CSV: {
                "schema": {"type": "string", "minLength": 1},
                "example": "question,expected\nWhat is radiomics?,Radiomics\nWho won the cup?,refuse\n",
            }
        },
    }
}
_ROWS = TypeAdapter(list[wire.CheckedQuestion])


@router.post(
    "",
    operation_id="createCheck",
    summary="Check the course with your own questions",
    status_code=202,
    response_model=source_schemas.Job,
    responses=error_responses(404, 415, 422),
    openapi_extra=_BODY,
)
async def create_check(course: CourseId, desk: AtDesk, request: Request, response: Response) -> Any:  # noqa: ANN401
    """A CSV with the columns ``question`` and ``expected``: a term, a heading or "refuse"; 1,000 questions at most."""
    desk.require("instruct", course)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != CSV:
        detail = f"send text/csv, not {media_type or 'a body without a Content-Type'}"
        return problem_response(UNSUPPORTED_MEDIA_TYPE, detail, request.scope)
    job = job_on_wire(await run_in_threadpool(_queue, course, await request.body(), desk))
    response.headers["location"] = job.url
    return job


@router.get("", operation_id="listChecks", summary="Results of the checks", responses=error_responses(404, 422))
def list_checks(course: CourseId, desk: AtDesk) -> wire.CheckList:
    """The last checks, newest first, each question with its outcome now and in the check before."""
    desk.require("instruct", course)
    desk.course(course)
    with desk.backend.database.reading() as connection:
        found = checks_of(connection, course)[:_MAX_LISTED]
    return wire.CheckList(checks=[_check(job) for job in found])


def _queue(course_id: str, content: bytes, desk: Desk) -> JobRecord:
    """Understand the questions at once, so that a mistake in them is said at once."""
    rows = csv_rows(content, "the question set")
    parse_csv_questions(rows[:MAX_QUESTIONS], desk.tutor(course_id).index.chunks, name="the question set")
    params = {"csv": content.decode("utf-8-sig")}
    with desk.backend.database.writing() as connection:
        job = jobs.enqueue(connection, course_id, "check", params=params, created_by=desk.caller.actor)
        audit.record(connection, course_id, desk.caller.actor, "course.check", job.job_id)
    desk.backend.intake.indexer.wake()
    return job


def _check(job: JobRecord) -> wire.Check:
    result = job.result or {}
    return wire.Check(
        job_id=job.job_id,
        state=job.state,
        done=job.done,
        total=job.total,
        error=job.error,
        created_at=job.created_at,
        finished_at=job.finished_at,
        rows=_ROWS.validate_python(result.get("rows", []), strict=False),
        summary=_summary(result, result.get("summary")),
        before=_summary(result, result.get("before")),
    )


def _summary(result: Any, counts: Any) -> wire.CheckSummary | None:  # noqa: ANN401  (plain JSON)
    return wire.CheckSummary.model_validate({"generation": result["generation"], **counts}) if counts else None
