"""The rows that describe generations, moved as the pointer moves; and the chunks that went live with one.

Chunks are written in pieces and before the row that says "live": whoever is killed in between finds no such row and
does it again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from corpus.pages import page_at
from corpus.types import Chunk
from index.course_index import CourseIndex
from index.generations import Pointer
from tutor.state.database import Database
from tutor.state.generations import (
    GenerationRecord,
    find_generation,
    generations_of,
    put_generation,
    set_generation_state,
)
from tutor.state.published_chunks import PublishedChunk, put_published
from tutor.state.sources import deleted_sources, sources_of

_PIECE = 2000  # chunks a transaction: some 50 ms, in which other writers wait


def note_live(
    database: Database,
    index: CourseIndex,
    pointer: Pointer,
    source_ids: Sequence[str],
    *,
    job_id: str,
    checks: Mapping[str, Any],
) -> None:
    """Describe the generation that has just been switched to; the one before is kept, those before it are gone."""
    chunks = _published(database, index, frozenset(source_ids))
    for start in range(0, len(chunks), _PIECE):
        with database.writing() as connection:
            put_published(connection, chunks[start : start + _PIECE])
    with database.writing() as connection:
        others = [g for g in generations_of(connection, index.course_id) if g.generation != pointer.generation]
        before = next((g.generation for g in others if g.state == "live"), None)
        if before is None and (kept := [g for g in others if g.state == "kept"]):
            before = kept[0].generation  # described again after a crash: what is kept stays kept
        gone = [g.generation for g in others if g.generation != before]
        set_generation_state(connection, index.course_id, gone, "gone")
        if before is not None:
            set_generation_state(connection, index.course_id, [before], "kept")
        known = find_generation(connection, index.course_id, pointer.generation)
        published_at = known.published_at if known and known.state == "live" else datetime.now(UTC)
        record = _record(index, pointer, source_ids, job_id, checks)
        put_generation(connection, replace(record, state="live", published_at=published_at))


def note_held(
    database: Database,
    index: CourseIndex,
    pointer: Pointer,
    source_ids: Sequence[str],
    *,
    job_id: str,
    checks: Mapping[str, Any],
) -> None:
    """Describe a generation that waits for somebody's decision; one that waited before is gone."""
    with database.writing() as connection:
        held = [g.generation for g in generations_of(connection, index.course_id, ("held",))]
        set_generation_state(connection, index.course_id, held, "gone")
        put_generation(connection, _record(index, pointer, source_ids, job_id, checks))


def note_withdrawn(database: Database, course_id: str) -> None:
    """The course answers from nothing any more, and nothing is kept to go back to."""
    with database.writing() as connection:
        names = [g.generation for g in generations_of(connection, course_id)]
        set_generation_state(connection, course_id, names, "gone")


def _record(
    index: CourseIndex,
    pointer: Pointer,
    source_ids: Sequence[str],
    job_id: str,
    checks: Mapping[str, Any],
) -> GenerationRecord:
    return GenerationRecord(
        course_id=index.course_id,
        generation=pointer.generation,
        state="held",
        manifest_sha256=pointer.manifest_sha256,
        embedder=index.manifest.embedder,
        n_documents=len(index.documents),
        n_chunks=len(index.chunks),
        source_ids=tuple(source_ids),
        checks=checks,
        job_id=job_id,
        created_at=datetime.fromisoformat(index.manifest.created),
        published_at=None,
    )


def _published(database: Database, index: CourseIndex, source_ids: frozenset[str]) -> tuple[PublishedChunk, ...]:
    with database.reading() as connection:
        sources = (*deleted_sources(connection, index.course_id), *sources_of(connection, index.course_id))
    source_of = {name: s.source_id for s in sources if s.source_id in source_ids for name in s.document_ids}
    return tuple(_published_chunk(index, chunk, source_of.get(chunk.document_id, "")) for chunk in index.chunks)


def _published_chunk(index: CourseIndex, chunk: Chunk, source_id: str) -> PublishedChunk:
    page = page_at(index.documents[chunk.document_id], chunk.char_start)
    return PublishedChunk(
        course_id=chunk.course_id,
        chunk_id=chunk.chunk_id,
        source_id=source_id,
        document_id=chunk.document_id,
        document_title=chunk.document_title,
        kind=chunk.kind,
        heading_path=chunk.heading_path,
        text=chunk.text,
        char_start=chunk.char_start,
        char_end=chunk.char_end,
        page=page.index + 1 if page else None,
        page_label=page.label if page else "",
        term=chunk.term,
        first_generation=index.generation,
        last_generation=index.generation,
    )
