"""From a backup to a data directory, or not at all: checked whole, unpacked aside, checked again, then moved in.

What was there before is moved into a folder of its own, never deleted. A restore that is cut off while it moves leaves
a mark that keeps the service from starting on half of it; running the restore again finishes it.
"""

import logging
import shutil
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from index.durable import replace_file, sync_folder
from index.errors import IndexingError
from index.generations import list_courses, verify
from tutor.state import jobs
from tutor.state.backup_archive import BackupDamaged, BackupManifest, extract, read_manifest
from tutor.state.database import FILE_NAME, Database
from tutor.state.errors import DatabaseDamaged, StateError, StateUnwritable
from tutor.state.migrating import newest_revision
from tutor.state.opening import BLOBS_FOLDER, UNFINISHED_RESTORE, open_database
from tutor.state.row_files import has_rows, replace_rows
from tutor.state.server_lock import ServerLock

INDEX_FOLDER = "index"
_REPLACED = "replaced-"
_ASIDE = ".restoring-"

logger = logging.getLogger(__name__)


class NotEmpty(StateError):
    """There is something that a restore would take the place of."""

    def __init__(self, where: str) -> None:
        super().__init__(f"{where} is not empty; to restore over it, which keeps what is there aside: --replace")


def restore(path: Path, data_dir: Path, *, url: str = "", replace: bool = False) -> BackupManifest:
    """Make a data directory, and the database at ``url`` if there is one, what they were when ``path`` was written.

    Args:
        path: The backup.
        data_dir: Where to; no server may run on it.
        url: Of a PostgreSQL server; empty for the embedded database.
        replace: Whether what is there may be moved aside; rows in a PostgreSQL database are then deleted.

    Raises:
        BackupDamaged: The backup is not whole; nothing was touched.
        NotEmpty: There is something there already.
        DataDirTaken: A server runs on the data directory.
    """
    manifest = read_manifest(path)
    if manifest.revision != newest_revision():
        raise BackupDamaged(path, f"its schema is {manifest.revision!r}, this version has {newest_revision()!r}")
    with ServerLock(data_dir):
        taken = _entries(data_dir)
        if taken and not replace:
            raise NotEmpty(str(data_dir))
        for left_over in data_dir.glob(f"{_ASIDE}*"):
            shutil.rmtree(left_over)
        aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=data_dir))
        try:
            extract(path, aside)
            _fill(path, aside, manifest, url=url, replace=replace)
            _move_in(aside, data_dir, taken)
        except OSError as error:
            raise StateUnwritable(data_dir, error) from error
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return manifest


def _fill(path: Path, aside: Path, manifest: BackupManifest, *, url: str, replace: bool) -> None:
    """Make the database of the unpacked rows, and check it and the indexes."""
    for course_id in list_courses(aside / INDEX_FOLDER):
        try:
            verify(aside / INDEX_FOLDER, course_id)
        except IndexingError as error:
            raise BackupDamaged(path, str(error)) from error
    made = aside / "made"  # apart from the files, beside which an empty database would be refused
    with closing(open_database(made, url)) as database, database.writing() as connection:
        if url and not replace and has_rows(connection):
            raise NotEmpty("the database")
        if replace_rows(connection, aside / "rows") != manifest.rows:
            raise BackupDamaged(path, "its rows are not as many as its manifest says")
        # Nobody runs what was being run when the backup was made: it waits, and the doctor has nothing to say.
        for job in jobs.left_running(connection):
            jobs.queue_again(connection, job, attempts=max(0, job.attempts - 1))
    if not url:
        _check(made)
        (made / FILE_NAME).rename(aside / FILE_NAME)
    shutil.rmtree(made)
    shutil.rmtree(aside / "rows")


def _check(folder: Path) -> None:
    with closing(Database.in_folder(folder)) as database, database.reading() as connection:
        found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
        if found != "ok" or connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise DatabaseDamaged(str(folder / FILE_NAME), str(found))


def _move_in(aside: Path, data_dir: Path, taken: list[Path]) -> None:
    replace_file(data_dir / UNFINISHED_RESTORE, b"run the restore again\n")
    if taken:
        kept = data_dir / f"{_REPLACED}{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
        kept.mkdir(mode=0o700)
        for entry in taken:
            entry.rename(kept / entry.name)
        logger.warning("what was there before is now in %s", kept)
    for entry in _entries(aside):
        entry.rename(data_dir / entry.name)
    sync_folder(data_dir)
    (data_dir / UNFINISHED_RESTORE).unlink()
    sync_folder(data_dir)


def _entries(folder: Path) -> list[Path]:
    """The database with its -wal and -shm, stored files, indexes and snapshots."""
    found = [*folder.glob(f"{FILE_NAME}*"), *(folder / name for name in (BLOBS_FOLDER, INDEX_FOLDER, "snapshots"))]
    return [path for path in found if path.exists()]
