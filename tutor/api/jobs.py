"""Routes of background work: what there is, how far it is, and more of it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from tutor import source_schemas as schemas
from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk
from tutor.api.documented import error_responses
from tutor.api.events import HEARTBEAT_S, STREAM_HEADERS, event
from tutor.api.json_only import JsonOnly
from tutor.api.paging import page_of
from tutor.api.reading import Cursor, Limit, link_next
from tutor.api.source_wire import job_on_wire
from tutor.api.streams import EVENT_STREAM, wants_event_stream
from tutor.ingest.intake import Intake
from tutor.state.jobs import ENDED, jobs_of

router = APIRouter(prefix="/api/v1/courses/{course}/jobs", route_class=JsonOnly, tags=["jobs"])

JobId = Annotated[str, Path(description="The job's id.", max_length=64)]

LOOK_EVERY_S = 0.5  # as often as the indexer writes

_JOB: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The job; as server-sent events progress, then done or error, when asked for.",
        "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
    }
}


@router.get("", operation_id="listJobs", summary="List a course's jobs", responses=error_responses(404, 422))
def list_jobs(
    course: CourseId, desk: AtDesk, response: Response, limit: Limit = 50, cursor: Cursor = None
) -> schemas.JobList:
    """Background work of a course, newest first."""
    desk.require("instruct", course)
    desk.course(course)
    with desk.backend.intake.database.reading() as connection:
        found = jobs_of(connection, course)
    page, next_cursor = page_of(found, key=lambda job: job.job_id, cursor=cursor, limit=limit)
    link_next(desk, response, next_cursor, limit)
    return schemas.JobList(jobs=[job_on_wire(job) for job in page], next_cursor=next_cursor)


@router.post(
    "",
    operation_id="createJob",
    summary="Publish or rebuild a course",
    status_code=202,
    responses=error_responses(404, 415, 422),
)
def create_job(course: CourseId, body: schemas.NewJob, desk: AtDesk, response: Response) -> schemas.Job:
    """Index the course as it is now; ``rebuild`` reads every file and embeds every chunk again."""
    desk.require("ingest", course)
    rebuild = body.kind == "rebuild"
    job = job_on_wire(desk.backend.intake.publish(course, rebuild=rebuild, actor=desk.caller.actor))
    response.headers["location"] = job.url
    return job


@router.get(
    "/{job_id}",
    operation_id="readJob",
    summary="Read or follow a job",
    response_model=schemas.Job,
    responses={**_JOB, **error_responses(404, 422, 429)},
)
async def read_job(course: CourseId, job_id: JobId, desk: AtDesk) -> schemas.Job | Response:
    """How far a job is. Send ``Accept: text/event-stream`` to be told until it ends."""
    desk.require("instruct", course)
    intake = desk.backend.intake
    job = job_on_wire(await run_in_threadpool(intake.job, course, job_id))
    if not wants_event_stream(desk.request.scope):
        return job
    return StreamingResponse(_follow(intake, job), media_type=EVENT_STREAM, headers=STREAM_HEADERS)


async def _follow(intake: Intake, job: schemas.Job) -> AsyncIterator[str]:
    yield event("progress", job)
    silent_s = 0.0
    while job.state not in ENDED:
        await asyncio.sleep(LOOK_EVERY_S)
        silent_s += LOOK_EVERY_S
        now = job_on_wire(await run_in_threadpool(intake.job, job.course_id, job.job_id))
        if now != job:
            silent_s = 0.0
            yield event("progress", now)
        elif silent_s >= HEARTBEAT_S:
            silent_s = 0.0
            yield ": still working\n\n"
        job = now
    yield event("error" if job.state == "failed" else "done", job)
