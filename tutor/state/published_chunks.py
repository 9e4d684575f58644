"""Every chunk that was ever live, as rows, so that an old citation finds the words it was made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from tutor.state.course_tables import published_chunks

BATCH = 500  # rows a statement: SQLite takes 32,766 values in one


@dataclass(frozen=True, slots=True)
class PublishedChunk:
    """A chunk as it stood in the last generation that had it."""

    course_id: str
    chunk_id: str
    source_id: str
    document_id: str
    document_title: str
    kind: str
    heading_path: tuple[str, ...]
    text: str
    char_start: int
    char_end: int
    page: int | None
    page_label: str
    term: str
    first_generation: str
    last_generation: str


def put_published(connection: Connection, chunks: Sequence[PublishedChunk]) -> None:
    """Keep the chunks of a generation that has gone live; one that is known keeps its first generation."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    for start in range(0, len(chunks), BATCH):
        rows = [
            {name: getattr(chunk, name) for name in PublishedChunk.__dataclass_fields__}
            | {"heading_path": list(chunk.heading_path)}
            for chunk in chunks[start : start + BATCH]
        ]
        statement = dialect.insert(published_chunks).values(rows)
        newer = {
            column.name: statement.excluded[column.name]
            for column in published_chunks.c
            if not column.primary_key and column.name != "first_generation"
        }
        connection.execute(statement.on_conflict_do_update(index_elements=["course_id", "chunk_id"], set_=newer))


def find_published(connection: Connection, course_id: str, chunk_id: str) -> PublishedChunk | None:
    """The chunk of that id, if it was ever live and its source is not deleted for good."""
    row = connection.execute(
        select(published_chunks).where(
            published_chunks.c.course_id == course_id, published_chunks.c.chunk_id == chunk_id
        )
    ).one_or_none()
    return _record(row) if row else None


def forget_published(connection: Connection, course_id: str, source_ids: Sequence[str]) -> None:
    """Delete every chunk of sources that are deleted for good."""
    connection.execute(
        delete(published_chunks).where(
            published_chunks.c.course_id == course_id, published_chunks.c.source_id.in_(source_ids)
        )
    )


def _record(row: Row[Any]) -> PublishedChunk:
    return PublishedChunk(**{**row._mapping, "heading_path": tuple(row.heading_path)})
