"""The files that people brought, as rows: which version, where its bytes are, and what became of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from corpus.types import ItemReport
from tutor.state.course_tables import sources

SourceKind = Literal["file", "notes"]
SourceStatus = Literal["queued", "reading", "read", "indexed", "partly", "failed"]


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One source of a course: a file, whatever its version."""

    course_id: str
    source_id: str
    kind: SourceKind
    name: str
    media_type: str
    version: int  # from 1
    sha256: str
    size: int  # bytes
    position: int  # in reading order
    status: SourceStatus
    reason: str
    items: tuple[ItemReport, ...]
    reading_sha256: str | None
    document_ids: tuple[str, ...]  # of the documents in that reading, which may be of an older version
    created_by: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


def insert_source(connection: Connection, record: SourceRecord) -> None:
    """Keep a new source; no live source of the course may have its name."""
    values = {name: getattr(record, name) for name in SourceRecord.__dataclass_fields__}
    connection.execute(insert(sources).values(**values | _lists(record)))


def find_source(connection: Connection, course_id: str, source_id: str) -> SourceRecord | None:
    """The source of that id, unless it is deleted."""
    return _one(connection, course_id, sources.c.source_id == source_id)


def find_source_by_name(connection: Connection, course_id: str, name: str) -> SourceRecord | None:
    """The source of that name, unless it is deleted."""
    return _one(connection, course_id, sources.c.name == name)


def sources_of(connection: Connection, course_id: str) -> tuple[SourceRecord, ...]:
    """The course's sources in reading order."""
    rows = connection.execute(
        select(sources)
        .where(sources.c.course_id == course_id, sources.c.deleted_at.is_(None))
        .order_by(sources.c.position, sources.c.source_id)
    )
    return tuple(map(_record, rows))


def deleted_sources(connection: Connection, course_id: str) -> tuple[SourceRecord, ...]:
    """Sources that are gone for everybody, and whose bytes wait for the next compaction."""
    rows = connection.execute(
        select(sources).where(sources.c.course_id == course_id, sources.c.deleted_at.is_not(None))
    )
    return tuple(map(_record, rows))


def next_position(connection: Connection, course_id: str) -> int:
    """The place behind the last source of the course."""
    last = connection.execute(select(func.max(sources.c.position)).where(sources.c.course_id == course_id)).scalar()
    return 0 if last is None else last + 1


def update_source(
    connection: Connection,
    course_id: str,
    source_id: str,
    *,
    items: Sequence[ItemReport] | None = None,
    **changes: Any,  # noqa: ANN401  (column values)
) -> None:
    """Change some columns of a source, and with them the time of its last change."""
    if items is not None:
        changes["items"] = [asdict(item) for item in items]
    connection.execute(
        update(sources)
        .where(sources.c.course_id == course_id, sources.c.source_id == source_id)
        .values(updated_at=datetime.now(UTC), **changes)
    )


def mark_source_deleted(connection: Connection, course_id: str, source_id: str) -> None:
    """Take a source out of the course; its row stays until its documents have left every index."""
    update_source(connection, course_id, source_id, deleted_at=datetime.now(UTC))


def purge_sources(connection: Connection, course_id: str, source_ids: Sequence[str]) -> None:
    """Delete the rows of sources."""
    connection.execute(delete(sources).where(sources.c.course_id == course_id, sources.c.source_id.in_(source_ids)))


def stored_files(connection: Connection, course_ids: Sequence[str]) -> frozenset[str]:
    """SHA-256 of every stored file that the courses' sources, deleted ones included, still need."""
    rows = connection.execute(
        select(sources.c.sha256, sources.c.reading_sha256).where(sources.c.course_id.in_(course_ids))
    )
    return frozenset(sha256 for row in rows for sha256 in row if sha256)


def _lists(record: SourceRecord) -> dict[str, Any]:
    return {"items": [asdict(item) for item in record.items], "document_ids": list(record.document_ids)}


def _one(connection: Connection, course_id: str, condition: Any) -> SourceRecord | None:  # noqa: ANN401
    row = connection.execute(
        select(sources).where(sources.c.course_id == course_id, condition, sources.c.deleted_at.is_(None))
    ).one_or_none()
    return _record(row) if row else None


def _record(row: Row[Any]) -> SourceRecord:
    items = tuple(ItemReport(**item) for item in row.items)
    return SourceRecord(**{**row._mapping, "items": items, "document_ids": tuple(row.document_ids)})
