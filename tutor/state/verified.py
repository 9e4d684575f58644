"""Answers that an instructor has verified: a question, and the spans of the course that answer it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, delete, insert, select, update

from corpus.types import ChunkKind
from tutor.state.asking_tables import verified_answers

# active: given to whoever asks the question; changed: the course no longer says it so, hence not given; retired: no
# longer wanted, but kept.
VerifiedState = Literal["active", "changed", "retired"]
VerifiedStatus = Literal["answered", "not_in_course"]


@dataclass(frozen=True, slots=True)
class VerifiedSpan:
    """Where a verified statement stands; ``quote`` is what stood there when it was verified."""

    document_id: str
    chunk_id: str
    char_start: int
    char_end: int
    quote: str


@dataclass(frozen=True, slots=True)
class VerifiedStatement:
    """One statement and every place that says it."""

    text: str
    kind: ChunkKind
    term: str | None
    spans: tuple[VerifiedSpan, ...]


@dataclass(frozen=True, slots=True)
class VerifiedRecord:
    """One verified answer. With the status ``not_in_course`` it has no statement: the refusal is what was verified."""

    course_id: str
    verified_id: str
    question: str
    question_key: str
    status: VerifiedStatus
    statements: tuple[VerifiedStatement, ...]
    state: VerifiedState
    last_check: Mapping[str, Any] | None  # what the newest generation made of it: plain JSON
    created_by: str
    created_at: datetime
    updated_at: datetime


def add(connection: Connection, record: VerifiedRecord) -> None:
    """Keep a new verified answer."""
    connection.execute(insert(verified_answers).values(**_row(record)))


def find(connection: Connection, course_id: str, verified_id: str) -> VerifiedRecord | None:
    """One verified answer."""
    wanted = verified_answers.c.course_id == course_id, verified_answers.c.verified_id == verified_id
    row = connection.execute(select(verified_answers).where(*wanted)).one_or_none()
    return _record(row._mapping) if row else None


def by_key(connection: Connection, course_id: str, question_key: str) -> VerifiedRecord | None:
    """The active verified answer to a question that is understood in this way; the newest of several."""
    wanted = (
        verified_answers.c.course_id == course_id,
        verified_answers.c.question_key == question_key,
        verified_answers.c.state == "active",
    )
    newest = verified_answers.c.updated_at.desc(), verified_answers.c.verified_id.desc()
    row = connection.execute(select(verified_answers).where(*wanted).order_by(*newest).limit(1)).one_or_none()
    return _record(row._mapping) if row else None


def of_course(connection: Connection, course_id: str) -> tuple[VerifiedRecord, ...]:
    """Every verified answer of a course, oldest first."""
    order = verified_answers.c.created_at, verified_answers.c.verified_id
    rows = connection.execute(
        select(verified_answers).where(verified_answers.c.course_id == course_id).order_by(*order)
    )
    return tuple(_record(row._mapping) for row in rows)


def put(connection: Connection, record: VerifiedRecord) -> bool:
    """Replace a verified answer; whether there was one to replace."""
    wanted = verified_answers.c.course_id == record.course_id, verified_answers.c.verified_id == record.verified_id
    return connection.execute(update(verified_answers).where(*wanted).values(**_row(record))).rowcount > 0


def set_state(
    connection: Connection, record: VerifiedRecord, state: VerifiedState, last_check: Mapping[str, Any] | None
) -> None:
    """Tell what a check found; when it was verified, and what, stays as it is."""
    put(connection, replace(record, state=state, last_check=last_check))


def remove(connection: Connection, course_id: str, verified_id: str) -> bool:
    """Delete a verified answer; whether there was one."""
    wanted = verified_answers.c.course_id == course_id, verified_answers.c.verified_id == verified_id
    return connection.execute(delete(verified_answers).where(*wanted)).rowcount > 0


def _row(record: VerifiedRecord) -> dict[str, Any]:
    row = asdict(record)
    row["statements"] = [{**statement, "spans": list(statement["spans"])} for statement in row["statements"]]
    return row


def _record(row: Mapping[Any, Any]) -> VerifiedRecord:
    statements = tuple(
        VerifiedStatement(**{**statement, "spans": tuple(VerifiedSpan(**span) for span in statement["spans"])})
        for statement in row["statements"]
    )
    fields = {name: row[name] for name in VerifiedRecord.__dataclass_fields__}
    return VerifiedRecord(**{**fields, "statements": statements})
