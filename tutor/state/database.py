"""One SQL database: SQLite in the data directory by default, PostgreSQL where its address is given.

The tables and every statement are the same on both. Callers are in threads, never on the event loop.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL

FILE_NAME = "state.sqlite3"
BUSY_TIMEOUT_MS = 10_000  # how long a writer waits for the one before; writes take milliseconds
POOL_SIZE = 10  # connections of one process, on PostgreSQL
POOL_TIMEOUT_S = 5.0  # how long a request waits for one of them


class Database:
    """Reads and writes, each in one transaction.

    Args:
        url: ``sqlite:///<path>`` or ``postgresql+psycopg://...``.
    """

    def __init__(self, url: URL | str) -> None:
        self.url = make_url(url)
        self.engine = _sqlite(self.url) if self.is_sqlite else _postgresql(self.url)
        self._writer = self.engine.execution_options(writes=True)

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
        """A transaction that has reached the disk when the block ends, or left no trace when it raises."""
        with self._writer.begin() as connection:
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


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:  # noqa: ANN401  (the driver's own type)
        connection.isolation_level = None  # the driver begins no transaction of its own: "begin" below does
        connection.execute("PRAGMA journal_mode = WAL")  # readers and the one writer do not wait for each other
        connection.execute("PRAGMA synchronous = FULL")  # committed means on the disk, after a power loss too
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # deleted rows are overwritten, not only forgotten
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and then writes would fail, not wait, when another wrote in between.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,  # an error's message must not hold what a learner wrote
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        pool_pre_ping=True,
    )
