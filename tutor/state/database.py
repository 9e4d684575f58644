"""One SQL database: SQLite in the data directory by default, PostgreSQL where its address is given.

The tables and every statement are the same on both. Callers are in threads, never on the event loop.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from tutor.state.errors import StateUnwritable

FILE_NAME = "state.sqlite3"
BUSY_TIMEOUT_MS = 10_000  # how long a writer waits for the one before; writes take milliseconds
COUNTING_TIMEOUT_MS = 500  # how long somebody who asks waits to be counted, before this process counts alone
_DISK_TROUBLES = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
)
POOL_SIZE = 10  # connections of one process, on PostgreSQL
# A server that is gone without a word (power, network) is noticed after half a minute, not after two hours, whether it
# was to answer (keepalives) or to receive (the user timeout, in milliseconds).
PATIENCE = {
    "connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}  # fmt: skip
POOL_TIMEOUT_S = 5.0  # how long a request waits for one of them


class Database:
    """Reads and writes, each in one transaction.

    Args:
        url: ``sqlite:///<path>`` or ``postgresql+psycopg://...``.
        pool_size: Connections of this process at most, on PostgreSQL.
        prepare: Whether statements may be prepared there; an old PgBouncer between does not bear that.
    """

    def __init__(self, url: URL | str, *, pool_size: int = POOL_SIZE, prepare: bool = True) -> None:
        self.url = make_url(url)
        self.engine = _sqlite(self.url) if self.is_sqlite else _postgresql(self.url, pool_size, prepare)
        self._writer = self.engine.execution_options(writes=True)
        counting = _sqlite(self.url, "NORMAL", COUNTING_TIMEOUT_MS) if self.is_sqlite else self.engine
        self._counter = counting.execution_options(writes=True)

    @classmethod
    def in_folder(cls, data_dir: Path) -> Self:
        """The embedded database of a data directory; the file is made by the first connection."""
        data_dir.mkdir(parents=True, exist_ok=True)
        return cls(URL.create("sqlite", database=str(data_dir / FILE_NAME)))

    @property
    def is_sqlite(self) -> bool:
        """Whether it is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database from its first statement to its last."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that has reached the disk when the block ends, or left no trace when it raises.

        Raises:
            StateUnwritable: The disk of the embedded database is full, fails or may not be written.
        """
        try:
            with self._writer.begin() as connection:
                yield connection
        except OperationalError as error:
            if self.is_sqlite and _primary_code(error) in _DISK_TROUBLES:
                raise StateUnwritable(Path(str(self.url.database)).parent, OSError(0, str(error.orig))) from error
            raise

    @contextmanager
    def counting(self) -> Iterator[Connection]:
        """A transaction that does not wait for the disk: after a power loss its counts may be missing, nothing else.

        It gives up early when the database is busy, so that nobody's question waits for a long write.
        """
        with self._counter.begin() as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql(
                    f"SET LOCAL synchronous_commit = off; SET LOCAL lock_timeout = {COUNTING_TIMEOUT_MS}"
                )
            yield connection

    def let_go_of_old_pages(self) -> None:
        """Move what was committed from the journal into the file, and empty the journal, as far as nobody reads it."""
        if self.is_sqlite:
            with self.engine.connect() as connection:
                connection.rollback()  # a checkpoint runs outside of transactions
                raw = connection.connection.driver_connection
                if raw is not None:
                    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()
        self._counter.dispose()


def _primary_code(error: OperationalError) -> int:
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF


def _sqlite(url: URL, synchronous: str = "FULL", timeout_ms: int = BUSY_TIMEOUT_MS) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": timeout_ms / 1000})

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:  # noqa: ANN401  (the driver's own type)
        connection.isolation_level = None  # the driver begins no transaction of its own: "begin" below does
        connection.execute("PRAGMA journal_mode = WAL")  # readers and the one writer do not wait for each other
        # FULL: committed means on the disk, after a power loss too. NORMAL: the last commits may be missing then.
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # deleted rows are overwritten, not only forgotten
        connection.execute(f"PRAGMA busy_timeout = {timeout_ms}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and then writes would fail, not wait, when another wrote in between.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL, pool_size: int, prepare: bool) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,  # an error's message must not hold what a learner wrote
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        pool_pre_ping=True,
        connect_args=dict(PATIENCE) | ({} if prepare else {"prepare_threshold": None}),
    )
