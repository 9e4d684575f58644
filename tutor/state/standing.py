"""How an installation stands, over all its courses: what is published, and what background work is left to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from tutor.state.course_tables import courses, generations
from tutor.state.scope import ACROSS_COURSES
from tutor.state.work_tables import jobs


@dataclass(frozen=True, slots=True)
class Published:
    """The generation that answers for one course."""

    course_id: str
    generation: str
    n_documents: int
    n_chunks: int
    published_at: datetime | None


def live_generations(connection: Connection) -> tuple[Published, ...]:
    """What each course that is not deleted answers from, by its id."""
    columns = [generations.c[name] for name in Published.__dataclass_fields__]
    rows = connection.execute(
        select(*columns)
        .join(courses, courses.c.course_id == generations.c.course_id)
        .where(generations.c.state == "live", courses.c.deleted_at.is_(None))
        .order_by(generations.c.course_id),
        execution_options=ACROSS_COURSES,
    )
    return tuple(Published(*row) for row in rows)


def n_courses(connection: Connection) -> int:
    """How many courses there are, with or without anything published."""
    live = select(func.count()).select_from(courses).where(courses.c.deleted_at.is_(None))
    return connection.execute(live, execution_options=ACROSS_COURSES).scalar_one()


def jobs_left(connection: Connection) -> Mapping[str, int]:
    """How many jobs have not ended, by state."""
    rows = connection.execute(
        select(jobs.c.state, func.count().label("n"))
        .where(jobs.c.state.in_(("queued", "running")))
        .group_by(jobs.c.state),
        execution_options=ACROSS_COURSES,
    )
    return {row.state: row.n for row in rows}


def waiting_since(connection: Connection) -> datetime | None:
    """When the job that has waited longest was queued; None while none waits."""
    oldest = select(jobs.c.created_at).where(jobs.c.state == "queued").order_by(jobs.c.created_at).limit(1)
    return connection.execute(oldest, execution_options=ACROSS_COURSES).scalar_one_or_none()
