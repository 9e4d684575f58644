"""One indexer per data directory: whoever holds the lock runs the jobs; it is free again the moment its holder dies.

A file lock, which the kernel gives back after ``kill -9``; on PostgreSQL, whose data directories may lie on several
hosts, also a lock of the database, which ends with its connection.
"""

import threading
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import Connection, text

from index.errors import AnotherWriter
from index.writer_lock import WriterLock
from tutor.state.database import Database

_LOCK_FILE = ".indexer-lock"
_LOCK_NUMBER = 7_245_002  # any number; it names the lock among those of the database


class Election:
    """Whether this process is the one that runs jobs.

    Args:
        data_dir: Where the lock lies.
        database: Whose jobs.
    """

    def __init__(self, data_dir: Path, database: Database) -> None:
        self._data_dir = data_dir
        self._database = database
        self._held: ExitStack | None = None
        self._connection: Connection | None = None
        self._changing = threading.Lock()

    @property
    def won(self) -> bool:
        """Whether it is."""
        return self._held is not None

    def stand(self) -> bool:
        """Try to become it, without waiting; True if it is or was already."""
        with self._changing:
            if self._held is not None:
                return True
            with ExitStack() as locks:
                try:
                    locks.enter_context(WriterLock(self._data_dir, name=_LOCK_FILE))
                except AnotherWriter:
                    return False
                if not self._database.is_sqlite and not self._lock_database(locks):
                    return False
                self._held = locks.pop_all()
            return True

    def resign(self) -> None:
        """Let another process become it."""
        with self._changing:
            held, self._held = self._held, None
            if held is not None:
                held.close()

    def still_holds(self) -> bool:
        """Whether the lock of the database survives: its connection may have been cut, and another may have won."""
        if self._connection is None:
            return self.won
        try:
            self._connection.execute(text("select 1"))
        except Exception:  # whatever it is, the connection is no proof any more
            self.resign()
            return False
        return True

    def _lock_database(self, locks: ExitStack) -> bool:
        connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        locks.callback(self._forget_connection)
        self._connection = connection
        taken = connection.execute(text("select pg_try_advisory_lock(cast(:name as bigint))"), {"name": _LOCK_NUMBER})
        return bool(taken.scalar_one())

    def _forget_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()  # closed, not pooled: the lock belongs to the connection
            connection.close()
