"""The database: its structure, its references, and work that nobody finishes."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from tutor.checkup.findings import INSTALLATION, Finding
from tutor.state.database import Database
from tutor.state.migrating import revision_of
from tutor.state.row_files import count_rows
from tutor.state.scope import ACROSS_COURSES
from tutor.state.work_tables import jobs

SILENT = timedelta(minutes=10)  # not tuned: a job that runs says so every few seconds
_RESTORE = "restore a backup: course-tutor restore <file> --replace"


def check_database(database: Database) -> Finding:
    """Read every page, every index and every reference."""
    with database.reading() as connection:
        if database.is_sqlite:
            found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
            if found != "ok":
                return Finding("database", INSTALLATION, False, f"{found}; {_RESTORE}")
            if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                detail = f"a row of {broken[0]} refers to one of {broken[2]} that is gone; {_RESTORE}"
                return Finding("database", INSTALLATION, False, detail)
        n_rows = sum(count_rows(connection).values())
        return Finding("database", INSTALLATION, True, f"schema {revision_of(connection)}, {n_rows} rows, sound")


def check_jobs(database: Database, *, server_runs: bool, now: datetime | None = None) -> tuple[Finding, ...]:
    """Jobs that were running when their process ended: a server that starts takes them up again, so does mending."""
    oldest = (now or datetime.now(UTC)) - SILENT
    statement = select(jobs.c.course_id, jobs.c.job_id, jobs.c.heartbeat_at).where(jobs.c.state == "running")
    with database.reading() as connection:
        running = connection.execute(statement, execution_options=ACROSS_COURSES).all()
    silent = [row for row in running if row.heartbeat_at is None or row.heartbeat_at < oldest]
    if server_runs or not silent:
        return (Finding("jobs", INSTALLATION, True, f"{len(running)} running, none interrupted"),)
    return tuple(
        Finding(
            "jobs",
            row.course_id,
            False,
            f"job {row.job_id} was interrupted; start the server, which takes it up again",
            lambda row=row: _queue_again(database, row.course_id, row.job_id),  # type: ignore[misc]
        )
        for row in silent
    )


def _queue_again(database: Database, course_id: str, job_id: str) -> str:
    here = (jobs.c.course_id == course_id) & (jobs.c.job_id == job_id) & (jobs.c.state == "running")
    with database.writing() as connection:
        connection.execute(update(jobs).where(here).values(state="queued", worker=""))
    return f"job {job_id} is queued again"
