"""The indexes: whole, what their rows say, and every chunk where it says it stands."""

from sqlalchemy import select

from index.course_index import CourseIndex
from index.errors import IndexingError
from index.generation_store import GenerationStore
from index.protocols import Embedder
from tutor.checkup.findings import Finding, Rebuild
from tutor.state.course_tables import generations
from tutor.state.database import Database
from tutor.state.scope import ACROSS_COURSES


def check_indexes(
    database: Database, store: GenerationStore, embedder: Embedder, rebuild: Rebuild
) -> tuple[Finding, ...]:
    """Check the index of every course that has one or should have one."""
    live = generations.c.state == "live"
    columns = (generations.c.course_id, generations.c.generation, generations.c.n_chunks)
    with database.reading() as connection:
        rows = connection.execute(select(*columns).where(live), execution_options=ACROSS_COURSES).all()
    expected = {row.course_id: (row.generation, row.n_chunks) for row in rows}
    found = []
    for course_id in sorted({*store.courses(), *expected}):
        trouble, good = _check(store, course_id, embedder, expected.get(course_id))
        if trouble:
            cure = lambda course_id=course_id: rebuild(course_id)  # noqa: E731
            detail = f"{trouble}; rebuild: course-tutor doctor --mend"
            found.append(Finding("index", course_id, False, detail, cure))
        else:
            found.append(Finding("index", course_id, True, good))
    return tuple(found)


def misplaced_chunk(index: CourseIndex) -> str:
    """The first chunk that is not ``document.text[char_start:char_end]``, on which citations rest; empty if none."""
    for chunk in index.chunks:
        document = index.documents.get(chunk.document_id)
        if document is None or document.text[chunk.char_start : chunk.char_end] != chunk.text:
            return chunk.chunk_id
    return ""


def _check(
    store: GenerationStore, course_id: str, embedder: Embedder, expected: tuple[str, int] | None
) -> tuple[str, str]:
    """What is wrong, else what is well."""
    try:
        index = store.open(course_id, embedder)  # sizes, hashes, and as many vectors as chunks
    except (IndexingError, OSError) as error:
        return str(error), ""
    if chunk_id := misplaced_chunk(index):
        return f"chunk {chunk_id} is not in its document", ""
    if expected is not None and expected != (index.generation, len(index.chunks)):
        name, n_chunks = expected
        return (
            f"its rows say generation {name} with {n_chunks} chunks, "
            f"{index.generation} with {len(index.chunks)} answers"
        ), ""
    return "", (
        f"generation {index.generation}: {len(index.documents)} documents, {len(index.chunks)} chunks, all in place"
    )
