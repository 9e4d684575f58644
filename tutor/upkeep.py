"""What a running service does once a day by itself: forget what is too old."""

import logging
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from tutor.state import allowances, open_streams, privacy, sessions, used_tokens, webhooks
from tutor.state.database import Database
from tutor.state.errors import StateUnwritable
from tutor.state.migrating import SNAPSHOTS_FOLDER

INTERVAL_S = 24 * 3600.0

logger = logging.getLogger(__name__)


class Upkeep:
    """Runs in the background from ``start`` to ``close``, after which it may be started again.

    Args:
        database: With today's schema.
        data_dir: Holds the snapshots.
        retention_days: For courses that set none of their own.
    """

    def __init__(self, database: Database, data_dir: Path, *, retention_days: int) -> None:
        self._database = database
        self._data_dir = data_dir
        self._retention_days = retention_days
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Run now and then daily; may be started again after it was closed."""
        self._ended.clear()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop; a round that is under way is finished."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def run_once(self, now: datetime) -> privacy.Purged:
        """One round, as of ``now``."""
        with self._database.writing() as connection:
            purged = privacy.purge(connection, now=now, retention_days=self._retention_days)
            allowances.forget(connection, now.timestamp())
            used_tokens.forget(connection, now)
            sessions.forget(connection, now)
            open_streams.forget(connection, now)
            webhooks.forget(connection, now)
        self._database.let_go_of_old_pages()
        self._delete_snapshots(now)
        logger.info("upkeep deleted %d questions and %d people", purged.questions, purged.people)
        return purged

    def _run(self) -> None:
        while True:
            try:
                self.run_once(datetime.now(UTC))
            except (SQLAlchemyError, StateUnwritable, OSError) as error:
                logger.error("upkeep failed and is tried again tomorrow: %s", error)
            if self._ended.wait(INTERVAL_S):
                return

    def _delete_snapshots(self, now: datetime) -> None:
        """A snapshot holds questions too: it lives no longer than they may."""
        oldest = now - timedelta(days=self._retention_days)
        for path in (self._data_dir / SNAPSHOTS_FOLDER).glob("*.sqlite3"):
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < oldest:
                path.unlink(missing_ok=True)  # another process may do the same
