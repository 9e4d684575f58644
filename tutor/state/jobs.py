"""Work that is done in the background, as rows: queued, claimed by one worker, and always brought to an end.

A job's states: queued -> running -> done, failed or held. One that was running when its worker died is queued again,
as long as it has attempts left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select, update

from tutor.observing.context import ids
from tutor.state import webhooks
from tutor.state.course_tables import courses
from tutor.state.ids import new_id
from tutor.state.scope import ACROSS_COURSES
from tutor.state.work_tables import jobs

JobKind = Literal["ingest", "publish", "check"]
JobState = Literal["queued", "running", "done", "failed", "held"]

MAX_ATTEMPTS = 3  # a file that kills the whole process, not only the child that reads it, must not do so for ever
REQUEST_ID = "request_id"  # among a job's params and the ids of what is being worked on
ENDED: frozenset[JobState] = frozenset({"done", "failed", "held"})


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One piece of background work on one course."""

    course_id: str
    job_id: str
    kind: JobKind
    state: JobState
    stage: str
    done: int
    total: int
    params: Mapping[str, Any]
    result: Mapping[str, Any] | None
    error: str
    attempts: int
    worker: str
    created_by: str
    created_at: datetime
    started_at: datetime | None
    heartbeat_at: datetime | None
    finished_at: datetime | None


def enqueue(
    connection: Connection, course_id: str, kind: JobKind, *, params: Mapping[str, Any], created_by: str
) -> JobRecord:
    """Queue a job, in the transaction of what it is about; it remembers the request that asked for it."""
    job_id = new_id()
    asked_by = {REQUEST_ID: request_id} if (request_id := ids().get(REQUEST_ID)) else {}
    connection.execute(
        insert(jobs).values(
            course_id=course_id,
            job_id=job_id,
            kind=kind,
            state="queued",
            stage="",
            done=0,
            total=0,
            params={**params, **asked_by},
            error="",
            attempts=0,
            worker="",
            created_by=created_by,
            created_at=datetime.now(UTC),
        )
    )
    found = find_job(connection, course_id, job_id)
    if found is None:
        raise AssertionError("a row that was just written is there")
    return found


def find_job(connection: Connection, course_id: str, job_id: str) -> JobRecord | None:
    """The job of that id."""
    row = connection.execute(select(jobs).where(jobs.c.course_id == course_id, jobs.c.job_id == job_id)).one_or_none()
    return _record(row) if row else None


def jobs_of(connection: Connection, course_id: str) -> tuple[JobRecord, ...]:
    """The course's jobs, newest first."""
    rows = connection.execute(
        select(jobs).where(jobs.c.course_id == course_id).order_by(jobs.c.created_at.desc(), jobs.c.job_id.desc())
    )
    return tuple(map(_record, rows))


def next_queued(connection: Connection) -> JobRecord | None:
    """The job that has waited longest, in any course that is not deleted."""
    row = connection.execute(
        select(jobs)
        .where(jobs.c.course_id.in_(_live_courses(connection)), jobs.c.state == "queued")
        .order_by(jobs.c.created_at, jobs.c.job_id)
        .limit(1)
    ).one_or_none()
    return _record(row) if row else None


def left_running(connection: Connection) -> tuple[JobRecord, ...]:
    """Jobs that somebody claimed and did not end; whoever has just become the only worker knows that nobody will."""
    rows = connection.execute(
        select(jobs).where(jobs.c.course_id.in_(_live_courses(connection)), jobs.c.state == "running")
    )
    return tuple(map(_record, rows))


def claim(connection: Connection, job: JobRecord, worker: str) -> JobRecord | None:
    """Take a queued job; None if somebody else was faster."""
    now = datetime.now(UTC)
    taken = connection.execute(
        update(jobs)
        .where(jobs.c.course_id == job.course_id, jobs.c.job_id == job.job_id, jobs.c.state == "queued")
        .values(state="running", worker=worker, attempts=job.attempts + 1, started_at=now, heartbeat_at=now)
    )
    return find_job(connection, job.course_id, job.job_id) if taken.rowcount == 1 else None


def queue_again(connection: Connection, job: JobRecord, *, attempts: int | None = None) -> None:
    """Give a job back that its worker could not end; with ``attempts``, as if it had not been tried so often."""
    counted = job.attempts if attempts is None else attempts
    _set(connection, job, state="queued", worker="", stage="", done=0, total=0, attempts=counted)


def report(connection: Connection, job: JobRecord, stage: str, done: int, total: int) -> None:
    """Keep how far a running job is."""
    _set(connection, job, stage=stage, done=done, total=total, heartbeat_at=datetime.now(UTC))


def beat(connection: Connection, job: JobRecord) -> None:
    """Note that the worker of a running job is alive."""
    _set(connection, job, heartbeat_at=datetime.now(UTC))


def finish(
    connection: Connection,
    job: JobRecord,
    state: JobState,
    *,
    result: Mapping[str, Any] | None = None,
    error: str = "",
) -> None:
    """End a job, and tell who wants to know of imports."""
    ended = datetime.now(UTC)
    if job.kind == "ingest":
        told: webhooks.Event = "import.failed" if state == "failed" else "import.completed"
        webhooks.enqueue(connection, job.course_id, told, {"job_id": job.job_id, "state": state})
    _set(
        connection, job, state=state, worker="", result=dict(result) if result is not None else None, error=error,
        finished_at=ended,
    )  # fmt: skip


def _live_courses(connection: Connection) -> Sequence[str]:
    live = select(courses.c.course_id).where(courses.c.deleted_at.is_(None))
    return connection.execute(live, execution_options=ACROSS_COURSES).scalars().all()


def _set(connection: Connection, job: JobRecord, **values: Any) -> None:  # noqa: ANN401  (column values)
    connection.execute(
        update(jobs).where(jobs.c.course_id == job.course_id, jobs.c.job_id == job.job_id).values(**values)
    )


def _record(row: Row[Any]) -> JobRecord:
    return JobRecord(**row._mapping)
