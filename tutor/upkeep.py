"""What a running service does once a day by itself: forget what is too old, and let go of files that nothing needs."""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError

from tutor.state import privacy
from tutor.state.blobs import BlobStore
from tutor.state.course_tables import sources
from tutor.state.database import Database
from tutor.state.errors import BlobMissing
from tutor.state.migrating import SNAPSHOTS_FOLDER
from tutor.state.scope import ACROSS_COURSES

INTERVAL_S = 24 * 3600.0
# A file is stored before its row is written, and a job may still read that of a source that was just deleted.
BLOB_GRACE = timedelta(hours=1)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """What one round of upkeep deleted."""

    questions: int
    people: int
    files: int


class Upkeep:
    """Runs in the background from ``start`` to ``close``.

    Args:
        database: With today's schema.
        blobs: The original files.
        data_dir: Holds the snapshots.
        retention_days: For courses that set none of their own.
    """

    def __init__(self, database: Database, blobs: BlobStore, data_dir: Path, *, retention_days: int) -> None:
        self._database = database
        self._blobs = blobs
        self._data_dir = data_dir
        self._retention_days = retention_days
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        """Run now and then daily."""
        self._thread.start()

    def close(self) -> None:
        """Stop; a round that is under way is finished."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def run_once(self, now: datetime) -> Kept:
        """One round, as of ``now``."""
        with self._database.writing() as connection:
            purged = privacy.purge(connection, now=now, retention_days=self._retention_days)
        self._database.let_go_of_old_pages()
        self._delete_snapshots(now)
        n_files = self._delete_files(now)
        logger.info("upkeep deleted %d questions, %d people, %d files", purged.questions, purged.people, n_files)
        return Kept(purged.questions, purged.people, n_files)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self.run_once(datetime.now(UTC))
            except (SQLAlchemyError, OSError) as error:
                logger.error("upkeep failed and is tried again tomorrow: %s", error)
            self._ended.wait(INTERVAL_S)

    def _delete_files(self, now: datetime) -> int:
        oldest = now - BLOB_GRACE
        gone = 0
        for sha256 in tuple(self._blobs.all()):
            if not needed(self._database, sha256, deleted_since=oldest) and self._older(sha256, oldest):
                gone += self._blobs.delete(sha256)
        for path in self._blobs.left_over():
            if _modified(path) < oldest:
                path.unlink(missing_ok=True)
        return gone

    def _older(self, sha256: str, oldest: datetime) -> bool:
        try:
            return _modified(self._blobs.path(sha256)) < oldest
        except (BlobMissing, FileNotFoundError):
            return False

    def _delete_snapshots(self, now: datetime) -> None:
        """A snapshot holds questions too: it lives no longer than they may."""
        oldest = now - timedelta(days=self._retention_days)
        for path in (self._data_dir / SNAPSHOTS_FOLDER).glob("*.sqlite3"):
            if _modified(path) < oldest:
                path.unlink()


def needed(database: Database, sha256: str, *, deleted_since: datetime) -> bool:
    """Whether a source that is there, or was deleted just now, refers to a stored file."""
    refers = or_(sources.c.sha256 == sha256, sources.c.reading_sha256 == sha256)
    there = or_(sources.c.deleted_at.is_(None), sources.c.deleted_at >= deleted_since)
    with database.reading() as connection:
        statement = select(sources.c.source_id).where(refers & there).limit(1)
        return connection.execute(statement, execution_options=ACROSS_COURSES).first() is not None


def _modified(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return datetime.fromtimestamp(time.time(), UTC)
