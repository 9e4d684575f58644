"""The courses of an installation, as rows: what they are called and how they are kept."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from tutor.state.columns import metadata
from tutor.state.course_tables import courses
from tutor.state.scope import ACROSS_COURSES


@dataclass(frozen=True, slots=True)
class CourseRecord:
    """One course."""

    course_id: str
    title: str
    description: str = ""
    language: str = "en"
    licence: str = ""
    suggested_questions: tuple[str, ...] = ()
    log_questions: bool = True
    retention_days: int | None = None  # None: the installation's
    created_at: datetime | None = None  # None before it is kept
    deleted_at: datetime | None = None


def insert_course(connection: Connection, record: CourseRecord) -> None:
    """Keep a new course; its id must be free."""
    values = {name: getattr(record, name) for name in CourseRecord.__dataclass_fields__}
    values |= {"suggested_questions": list(record.suggested_questions), "created_at": datetime.now(UTC)}
    connection.execute(insert(courses).values(**values))


def find_course(connection: Connection, course_id: str) -> CourseRecord | None:
    """The course of that id, unless it is deleted."""
    row = connection.execute(
        select(courses).where(courses.c.course_id == course_id, courses.c.deleted_at.is_(None))
    ).one_or_none()
    return _record(row) if row else None


def id_is_taken(connection: Connection, course_id: str) -> bool:
    """Whether a course has this id, one included whose last traces are still being removed."""
    return connection.execute(select(courses.c.course_id).where(courses.c.course_id == course_id)).first() is not None


def all_courses(connection: Connection) -> tuple[CourseRecord, ...]:
    """Every course that is not deleted, by id."""
    live = select(courses).where(courses.c.deleted_at.is_(None)).order_by(courses.c.course_id)
    rows = connection.execute(live, execution_options=ACROSS_COURSES)
    return tuple(map(_record, rows))


def update_course(connection: Connection, course_id: str, **changes: Any) -> None:  # noqa: ANN401  (column values)
    """Change some of a course's columns."""
    if changes:
        connection.execute(update(courses).where(courses.c.course_id == course_id).values(**changes))


def mark_course_deleted(connection: Connection, course_id: str) -> None:
    """Let the course be gone for everybody; ``erase_course`` removes what is left of it."""
    update_course(connection, course_id, deleted_at=datetime.now(UTC))


def deleted_courses(connection: Connection) -> tuple[str, ...]:
    """Ids of deleted courses of which something is left."""
    gone = select(courses.c.course_id).where(courses.c.deleted_at.is_not(None))
    return tuple(connection.execute(gone, execution_options=ACROSS_COURSES).scalars())


def erase_course(connection: Connection, course_id: str) -> None:
    """Delete every row of the course, in every table but the log of changes."""
    for table in reversed(metadata.sorted_tables):
        if "course_id" in table.c and table.name != "audit_log":
            connection.execute(delete(table).where(table.c.course_id == course_id))


def _record(row: Row[Any]) -> CourseRecord:
    return CourseRecord(**{**row._mapping, "suggested_questions": tuple(row.suggested_questions)})
