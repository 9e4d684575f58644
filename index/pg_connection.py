"""The one door to PostgreSQL for the index: a bounded pool of connections, statements with named parameters, COPY.

Knows SQL only as text. Outside of ``writing`` every statement commits by itself, so a question costs one round trip.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from sqlalchemy import PoolProxiedConnection, create_engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import TimeoutError as PoolTimeout

from index.errors import IndexUnreachable

logger = logging.getLogger(__name__)

POOL_SIZE = 6  # connections of one process: three times the questions that it works on at once by default
POOL_TIMEOUT_S = 5.0  # how long a question waits for one of them
# A server that is gone without a word (power, network) is noticed after half a minute, not after two hours.
_PATIENCE: Mapping[str, int] = {
    "connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}  # fmt: skip

Parameters = Mapping[str, object]
Row = tuple[Any, ...]  # as the statement's columns say
Result = TypeVar("Result")


class Session:
    """One connection, in use. What its methods raise when the database does not answer is ``IndexUnreachable``."""

    def __init__(self, connection: "psycopg.Connection[Row]") -> None:
        self._connection = connection

    def rows(self, statement: str, **parameters: object) -> list[Row]:
        """What a query gives; numbers, and vectors, in their binary form."""
        with self._errors(), self._connection.cursor(binary=True) as cursor:
            return cursor.execute(statement.encode(), parameters).fetchall()

    def do(self, statement: str, **parameters: object) -> int:
        """Carry out a statement; gives how many rows it changed."""
        with self._errors(), self._connection.cursor() as cursor:
            return cursor.execute(statement.encode(), parameters).rowcount

    def copy(self, statement: str, rows: Iterator[Sequence[bytes]]) -> None:
        """Load rows by COPY in its binary format; each field is given as PostgreSQL's own binary form of its type."""
        with self._errors(), self._connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
            for fields in rows:
                sized = (len(field).to_bytes(4, "big") + field for field in fields)
                copy.write(len(fields).to_bytes(2, "big") + b"".join(sized))
            copy.write(b"\xff\xff")

    def add_extension(self, name: str) -> None:
        """Add an extension to the database, if the server has it and lets us.

        Raises:
            IndexUnreachable: It does not; the message says what an administrator does.
        """
        try:
            self.do(f"create extension if not exists {name}")
        except psycopg.Error as error:
            cure = f"an administrator runs once: CREATE EXTENSION {name}"
            raise IndexUnreachable(self._connection.info.dbname, f"{_first_line(error)}; {cure}") from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it, or nothing."""
        with self._errors(), self._connection.transaction():
            yield

    @property
    def lost(self) -> bool:
        """Whether the connection is of no use any more."""
        return self._connection.closed

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except psycopg.OperationalError as error:
            raise IndexUnreachable(self._connection.info.dbname, _first_line(error), lost=self.lost) from error


class PgDatabase:
    """A PostgreSQL database, or the one of several that takes writes (``target_session_attrs``).

    Args:
        url: Its address, as SQLAlchemy writes them.
        prepare: Whether statements may be prepared, which an old PgBouncer between does not bear.
    """

    def __init__(self, url: URL, *, prepare: bool = True) -> None:
        self.name = url.database or ""
        settings: dict[str, Any] = dict(_PATIENCE) | ({} if prepare else {"prepare_threshold": None})
        self._engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            pool_size=POOL_SIZE,
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT_S,
            connect_args=settings,
        )

    def ask(self, work: Callable[[Session], Result]) -> Result:
        """Read something; asked a second time when the connection turns out to be dead, after a failover say.

        Raises:
            IndexUnreachable: Nobody answers, or all connections are in use for too long.
        """
        try:
            return self._once(work)
        except IndexUnreachable as error:
            if not error.lost:
                raise
            logger.warning("the database was lost, and is asked again: %s", error)
            self._engine.dispose()
            return self._once(work)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A connection that is kept for as long as the block, and closed with it: what it locks is free again then.

        Raises:
            IndexUnreachable: Nobody answers, or not any more.
        """
        pooled = self._connect()
        try:
            yield Session(_driver(pooled))
        finally:
            pooled.invalidate()
            pooled.close()

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def _once(self, work: Callable[[Session], Result]) -> Result:
        pooled = self._connect()
        session = Session(_driver(pooled))
        try:
            return work(session)
        finally:
            if session.lost:
                pooled.invalidate()
            pooled.close()

    def _connect(self) -> PoolProxiedConnection:
        try:
            return self._engine.raw_connection()
        except PoolTimeout as error:
            raise IndexUnreachable(self.name, f"all {POOL_SIZE} connections are in use") from error
        except psycopg.OperationalError as error:
            raise IndexUnreachable(self.name, _first_line(error)) from error


def _driver(pooled: PoolProxiedConnection) -> "psycopg.Connection[Row]":
    connection = pooled.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise TypeError(f"a connection of psycopg is needed, not a {type(connection).__name__}")
    return connection


def _first_line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
