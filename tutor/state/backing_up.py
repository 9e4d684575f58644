"""A backup of a live system: the rows as they were at one moment, and every file that they need.

The order makes it whole without stopping anybody: files are on the disk before the row that names them, and are never
changed; so the rows are read first, in one transaction, and then the files. A generation that is pruned meanwhile gives
way to the one that answers now; a file that is deleted meanwhile, with its source, has the backup begin anew.
"""

import logging
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, select, text

from index.errors import IndexingError
from index.generations import POINTER_NAME, list_courses, read_pointer
from index.manifest import MANIFEST_NAME, Manifest
from tutor.state.backup_archive import BackupManifest, BackupWriter, writing_backup
from tutor.state.blobs import BlobStore
from tutor.state.course_tables import sources
from tutor.state.database import Database
from tutor.state.errors import BlobDamaged, BlobMissing, StateError
from tutor.state.migrating import revision_of
from tutor.state.row_files import write_rows
from tutor.state.scope import ACROSS_COURSES

logger = logging.getLogger(__name__)

_ATTEMPTS = 5  # at one course whose index is published again and again while it is read; at all of it, likewise


class IndexMoves(StateError):
    """A course's index was published anew each time it was about to be read."""

    def __init__(self, course_id: str) -> None:
        super().__init__(f"the index of {course_id!r} is published faster than it can be read; back up again later")


def back_up(database: Database, blobs: BlobStore, index_root: Path, path: Path) -> BackupManifest:
    """Write a backup to ``path``, replacing one of that name only when the new one is whole.

    Raises:
        StateUnwritable: The disk is full, or may not be written.
        BlobMissing, BlobDamaged: A stored file is not what it was: course-tutor doctor.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return _back_up_once(database, blobs, index_root, path)
        except BlobMissing as error:
            if _is_needed(database, error.sha256):
                raise
            logger.info("a file was deleted while it was to be backed up; the backup begins anew")
    return _back_up_once(database, blobs, index_root, path)


def _is_needed(database: Database, sha256: str) -> bool:
    with database.reading() as connection:
        return sha256 in _needed_files(connection)


def _back_up_once(database: Database, blobs: BlobStore, index_root: Path, path: Path) -> BackupManifest:
    created_at = datetime.now(UTC).isoformat(timespec="seconds")
    # Beside the archive: what holds the archive has room for the rows, /tmp may not.
    with writing_backup(path) as backup, tempfile.TemporaryDirectory(dir=path.parent, prefix=".rows-") as folder:
        with database.reading() as connection:
            if not database.is_sqlite:
                connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            revision = revision_of(connection)
            rows = write_rows(connection, Path(folder))
            needed = _needed_files(connection)
        for file in sorted(Path(folder).iterdir()):
            with file.open("rb") as content:
                backup.add(f"rows/{file.name}", content, file.stat().st_size)
        for each in needed:
            _add_blob(backup, blobs, each)
        for course_id in list_courses(index_root):
            _add_course(backup, index_root, course_id)
        return backup.finish(created_at, revision, rows)


def _needed_files(connection: Connection) -> list[str]:
    """Of sources that are there; what was deleted must not come back from a backup."""
    statement = select(sources.c.sha256, sources.c.reading_sha256).where(sources.c.deleted_at.is_(None))
    found = connection.execute(statement, execution_options=ACROSS_COURSES)
    return sorted({each for row in found for each in row if each})


def _add_blob(backup: BackupWriter, blobs: BlobStore, name: str) -> None:
    with blobs.as_file(name) as path, path.open("rb") as content:
        backup.add(f"blobs/{name[:2]}/{name}", content, path.stat().st_size)
    if backup.files[-1].sha256 != name:
        raise BlobDamaged(name)


def _add_course(backup: BackupWriter, root: Path, course_id: str) -> None:
    """The generation that answers, whole, and the pointer to it. A damaged one is left out: it can be rebuilt."""
    for _ in range(_ATTEMPTS):
        try:
            with ExitStack() as opened:
                for name, content, size in _open_generation(root, course_id, opened):
                    backup.add(f"index/{course_id}/{name}", content, size)
            return
        except FileNotFoundError:
            continue  # pruned before it was open; an open file stays whole
        except IndexingError as error:
            logger.warning("course %s is backed up without its index: %s", course_id, error)
            return
    raise IndexMoves(course_id)


def _open_generation(root: Path, course_id: str, opened: ExitStack) -> list[tuple[str, BinaryIO, int]]:
    """Every file of the generation that answers, opened before the first is read; the pointer last."""
    course = root / course_id
    line = (course / POINTER_NAME).read_bytes()
    pointer = read_pointer(root, course_id)
    manifest = (course / pointer.generation / MANIFEST_NAME).read_bytes()
    if not line.startswith(pointer.generation.encode()) or sha256(manifest).hexdigest() != pointer.manifest_sha256:
        raise FileNotFoundError(pointer.generation)  # published between the two reads, or damaged: look again
    names = [MANIFEST_NAME, *(record.name for record in Manifest.from_json(manifest).files)]
    files: list[tuple[str, BinaryIO, int]] = []
    for name in names:
        path = course / pointer.generation / name
        files.append((f"{pointer.generation}/{name}", opened.enter_context(path.open("rb")), path.stat().st_size))
    return [*files, (POINTER_NAME, BytesIO(line), len(line))]
