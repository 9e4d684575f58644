"""A backup of a live system: the rows as they were at one moment, and every file that they need.

The order makes it whole without stopping anybody: files are on the disk before the row that names them, and are never
changed; so the rows are read first, in one transaction, and then the files. Of a course's generations the one is kept
that the rows say answers, whatever is published meanwhile: rows and index belong together. Where it has been pruned
since, or a file deleted with its source, the backup begins anew.
"""

import logging
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, select, text

from index.errors import IndexDamaged, IndexingError
from index.generations import POINTER_NAME, Pointer, list_courses, read_pointer
from index.manifest import MANIFEST_NAME, Manifest
from tutor.state.backup_archive import BackupManifest, BackupWriter, writing_backup
from tutor.state.blobs import BlobStore
from tutor.state.course_tables import generations, sources
from tutor.state.database import Database
from tutor.state.errors import BlobDamaged, BlobMissing, StateError
from tutor.state.migrating import revision_of
from tutor.state.row_files import write_rows
from tutor.state.scope import ACROSS_COURSES

logger = logging.getLogger(__name__)

_ATTEMPTS = 5  # at one course whose index is published again and again while it is read; at all of it, likewise


class _PrunedMeanwhile(Exception):
    """The generation that the rows name is not there any more."""


class IndexMoves(StateError):
    """A course's index was published anew each time it was about to be read."""

    def __init__(self, course_id: str) -> None:
        super().__init__(f"the index of {course_id!r} is published faster than it can be read; back up again later")


Indexes = Callable[[], AbstractContextManager[Path]]


def back_up(database: Database, blobs: BlobStore, indexes: Indexes, path: Path) -> BackupManifest:
    """Write a backup to ``path``, replacing one of that name only when the new one is whole.

    Args:
        database: Whose rows.
        blobs: Whose files.
        indexes: Gives the folder of the indexes as they are at that moment, until the block ends.
        path: Of the archive.

    Raises:
        StateUnwritable: The disk is full, or may not be written.
        BlobMissing, BlobDamaged: A stored file is not what it was: course-tutor doctor.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return _back_up_once(database, blobs, indexes, path)
        except _PrunedMeanwhile:
            logger.info("an index was replaced while it was to be backed up; the backup begins anew")
        except BlobMissing as error:
            if _is_needed(database, error.sha256):
                raise
            logger.info("a file was deleted while it was to be backed up; the backup begins anew")
    return _back_up_once(database, blobs, indexes, path, whatever_answers=True)


def _is_needed(database: Database, sha256: str) -> bool:
    with database.reading() as connection:
        return sha256 in _needed_files(connection)


def _back_up_once(
    database: Database, blobs: BlobStore, indexes: Indexes, path: Path, *, whatever_answers: bool = False
) -> BackupManifest:
    created_at = datetime.now(UTC).isoformat(timespec="seconds")
    # Beside the archive: what holds the archive has room for the rows, /tmp may not.
    with writing_backup(path) as backup, tempfile.TemporaryDirectory(dir=path.parent, prefix=".rows-") as folder:
        with database.reading() as connection:
            if not database.is_sqlite:
                connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            revision = revision_of(connection)
            rows = write_rows(connection, Path(folder))
            needed = _needed_files(connection)
            answering = _answering(connection)
        for file in sorted(Path(folder).iterdir()):
            with file.open("rb") as content:
                backup.add(f"rows/{file.name}", content, file.stat().st_size)
        for each in needed:
            _add_blob(backup, blobs, each)
        with indexes() as root:
            for course_id in list_courses(root):
                named = None if whatever_answers else answering.get(course_id)
                _add_course(backup, root, course_id, named)
        return backup.finish(created_at, revision, rows)


def _needed_files(connection: Connection) -> list[str]:
    """Of sources that are there; what was deleted must not come back from a backup."""
    statement = select(sources.c.sha256, sources.c.reading_sha256).where(sources.c.deleted_at.is_(None))
    found = connection.execute(statement, execution_options=ACROSS_COURSES)
    return sorted({each for row in found for each in row if each})


def _answering(connection: Connection) -> dict[str, Pointer]:
    """The generation that answers in each course, by what the rows say; a moment after a switch they do not know it."""
    live = select(generations).where(generations.c.state == "live")
    found = connection.execute(live, execution_options=ACROSS_COURSES)
    return {row.course_id: Pointer(row.generation, row.manifest_sha256) for row in found}


def _add_blob(backup: BackupWriter, blobs: BlobStore, name: str) -> None:
    with blobs.as_file(name) as path, path.open("rb") as content:
        backup.add(f"blobs/{name[:2]}/{name}", content, path.stat().st_size)
    if backup.files[-1].sha256 != name:
        raise BlobDamaged(name)


def _add_course(backup: BackupWriter, root: Path, course_id: str, named: Pointer | None) -> None:
    """A generation, whole, and the pointer to it. A damaged one is left out: it can be rebuilt.

    Args:
        backup: Where to.
        root: The index folder.
        course_id: Whose.
        named: The generation that the rows name; None for the one that answers at this moment.
    """
    for _ in range(_ATTEMPTS):
        try:
            with ExitStack() as opened:
                pointer = read_pointer(root, course_id)
                if named is not None and named.generation != pointer.generation:
                    pointer = named  # switched since the rows were read
                for name, content, size in _open_generation(root / course_id, pointer, opened):
                    backup.add(f"index/{course_id}/{name}", content, size)
            return
        except FileNotFoundError as error:  # pruned before it was open; an open file stays whole
            if named is not None and pointer is named:
                raise _PrunedMeanwhile from error
        except IndexingError as error:
            logger.warning("course %s is backed up without its index: %s", course_id, error)
            return
    raise IndexMoves(course_id)


def _open_generation(course: Path, pointer: Pointer, opened: ExitStack) -> list[tuple[str, BinaryIO, int]]:
    """Every file of a generation, opened before the first is read; the pointer last."""
    manifest = (course / pointer.generation / MANIFEST_NAME).read_bytes()
    if sha256(manifest).hexdigest() != pointer.manifest_sha256:
        raise IndexDamaged(course.name, pointer.generation, "its manifest is not the one that was published")
    names = [MANIFEST_NAME, *(record.name for record in Manifest.from_json(manifest).files)]
    files: list[tuple[str, BinaryIO, int]] = []
    for name in names:
        path = course / pointer.generation / name
        files.append((f"{pointer.generation}/{name}", opened.enter_context(path.open("rb")), path.stat().st_size))
    line = pointer.to_line()
    return [*files, (POINTER_NAME, BytesIO(line), len(line))]
