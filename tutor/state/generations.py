"""What is known of each index generation, as rows. Which one answers, the pointer on disk says; the rows describe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, insert, select, update

from tutor.state.course_tables import generations

GenerationState = Literal["live", "kept", "held", "gone"]


@dataclass(frozen=True, slots=True)
class GenerationRecord:
    """One index generation of a course."""

    course_id: str
    generation: str
    state: GenerationState
    manifest_sha256: str  # vouches for it while the pointer names another
    embedder: str
    n_documents: int
    n_chunks: int
    source_ids: tuple[str, ...]  # of the sources it was built from
    checks: Mapping[str, Any]
    job_id: str
    created_at: datetime
    published_at: datetime | None


def put_generation(connection: Connection, record: GenerationRecord) -> None:
    """Keep a generation; one of its name that is gone is forgotten."""
    connection.execute(
        delete(generations).where(
            generations.c.course_id == record.course_id, generations.c.generation == record.generation
        )
    )
    values = {name: getattr(record, name) for name in GenerationRecord.__dataclass_fields__}
    connection.execute(
        insert(generations).values(**values | {"checks": dict(record.checks), "source_ids": list(record.source_ids)})
    )


def find_generation(connection: Connection, course_id: str, generation: str) -> GenerationRecord | None:
    """The generation of that name."""
    row = connection.execute(
        select(generations).where(generations.c.course_id == course_id, generations.c.generation == generation)
    ).one_or_none()
    return _record(row) if row else None


def generations_of(
    connection: Connection, course_id: str, states: Sequence[GenerationState] = ("live", "kept", "held")
) -> tuple[GenerationRecord, ...]:
    """The course's generations in some states, newest first."""
    rows = connection.execute(
        select(generations)
        .where(generations.c.course_id == course_id, generations.c.state.in_(states))
        .order_by(generations.c.created_at.desc(), generations.c.generation)
    )
    return tuple(map(_record, rows))


def set_generation_state(connection: Connection, course_id: str, names: Sequence[str], state: GenerationState) -> None:
    """Move generations to another state; one that becomes live notes when."""
    changes: dict[str, Any] = {"state": state}
    if state == "live":
        changes["published_at"] = datetime.now(UTC)
    connection.execute(
        update(generations)
        .where(generations.c.course_id == course_id, generations.c.generation.in_(names))
        .values(**changes)
    )


def _record(row: Row[Any]) -> GenerationRecord:
    return GenerationRecord(**{**row._mapping, "source_ids": tuple(row.source_ids)})
