"""Deleted means gone: what a deleted source left behind is removed once no generation that answers was built from it.

Rows, readings, the file itself, the words in ``published_chunks`` and every kept generation that holds them. What
remains readable on a disk after deleting is overwritten as far as the database can: SQLite zeroes deleted rows, and
its log is cut back.
"""

import logging

from sqlalchemy import Connection, text

from index.generation_store import GenerationWriter
from tutor.state.blobs import BlobStore
from tutor.state.courses import all_courses, deleted_courses, erase_course
from tutor.state.database import Database
from tutor.state.generations import generations_of, set_generation_state
from tutor.state.published_chunks import forget_published
from tutor.state.sources import deleted_sources, purge_sources, stored_files

logger = logging.getLogger(__name__)

_FILES_LOCK = 7_245_001  # any number; it names the lock among those of the database


def hold_stored_files(connection: Connection) -> None:
    """Until the transaction ends, nobody else relates rows to stored files. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(cast(:name as bigint))"), {"name": _FILES_LOCK})


def compact(database: Database, blobs: BlobStore, writer: GenerationWriter, course_id: str) -> int:
    """Remove what deleted sources of a course left behind, unless the live generation still has them.

    It may be killed anywhere and finds the rest the next time.

    Returns:
        How many sources are gone for good.
    """
    with database.writing() as connection:
        live = {name for g in generations_of(connection, course_id, ("live",)) for name in g.source_ids}
        ready = [s for s in deleted_sources(connection, course_id) if s.source_id not in live]
        ids = [source.source_id for source in ready]
        if ready:
            others = generations_of(connection, course_id, ("kept", "held"))
            holding = [g.generation for g in others if not frozenset(ids).isdisjoint(g.source_ids)]
            set_generation_state(connection, course_id, holding, "gone")
            forget_published(connection, course_id, ids)
        keep = frozenset(g.generation for g in generations_of(connection, course_id))
    # The generations first: without the rows nobody would know that they must go.
    writer.prune(course_id, keep=keep)
    if ready:
        with database.writing() as connection:
            purge_sources(connection, course_id, ids)
        logger.info("course %s: %d deleted sources are gone for good", course_id, len(ready))
    sweep_files(database, blobs)
    if ready:
        database.let_go_of_old_pages()
    return len(ready)


def sweep_files(database: Database, blobs: BlobStore) -> None:
    """Delete the stored files that no source of any course needs: of deleted sources and of older versions.

    A file whose row is not committed yet may be among them; whoever brings it looks again (``receiving``).
    """
    with database.writing() as connection:
        hold_stored_files(connection)
        needed = stored_files(connection, [course.course_id for course in all_courses(connection)])
        for sha256 in blobs.all():
            if sha256 not in needed:
                blobs.delete(sha256)


def erase_deleted_courses(database: Database, blobs: BlobStore, writer: GenerationWriter) -> None:
    """Remove everything of courses that were deleted."""
    with database.reading() as connection:
        gone = deleted_courses(connection)
    for course_id in gone:
        writer.remove_course(course_id)
        with database.writing() as connection:
            erase_course(connection, course_id)
        logger.info("course %s is gone for good", course_id)
    if gone:
        sweep_files(database, blobs)
        database.let_go_of_old_pages()
