"""How many streams each caller has open, in this process and in all others of the service.

Those of this process are counted in memory; those of others are asked for in SQL, where each process notes its own.
"""

import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from tutor.state import open_streams
from tutor.state.database import Database
from tutor.state.ids import new_id

LEASE_S = 90.0  # three times as long as until it is renewed; the streams of a process that died count as long
CLOSE_S = 5.0  # not tuned: of the ten that a service takes to close

_THREADS = 2  # not tuned: counting takes a fraction of a millisecond

logger = logging.getLogger(__name__)


class StreamShares:
    """Gives out streams, so many to each.

    Args:
        database: Where the processes of the service count together; None where this one is alone.
    """

    def __init__(self, database: Database | None) -> None:
        self._database = database
        self._process = new_id()
        self._open: Counter[str] = Counter()
        self._telling: set[Future[bool | None]] = set()  # that streams ended
        self._threads = _new_threads()

    @property
    def n_here(self) -> int:
        """How many this process has open."""
        return self._open.total()

    async def take(self, owner: str, limit: int) -> str:
        """One more stream for the owner.

        Returns:
            Its id, to be given back; empty when the owner has as many as they may.
        """
        if self._open[owner] >= limit:
            return ""
        self._open[owner] += 1
        stream_id = new_id()
        try:
            if await self._noted(stream_id, owner, limit - self._open[owner]):
                return stream_id
        except BaseException:
            self.give_back(stream_id, owner)
            raise
        self._count_down(owner)
        return ""

    async def renew(self, stream_id: str) -> None:
        """Say that it is still open."""
        if self._database is not None:
            await self._in_thread(lambda connection: open_streams.renew(connection, stream_id, _lease()))

    def give_back(self, stream_id: str, owner: str) -> None:
        """It has ended; nobody waits until the others know."""
        self._count_down(owner)
        if self._database is None:
            return
        with suppress(RuntimeError):  # closed: it counts until its lease is over
            told = self._threads.submit(self._counting, lambda connection: open_streams.remove(connection, stream_id))
            self._telling.add(told)
            told.add_done_callback(self._telling.discard)

    def close(self) -> None:
        """Wait until the others know of all that ended; for a while, as a database that is away is not waited for."""
        wait(list(self._telling), CLOSE_S)
        threads, self._threads = self._threads, _new_threads()  # a service that starts again begins anew
        threads.shutdown(wait=False, cancel_futures=True)

    async def _noted(self, stream_id: str, owner: str, room: int) -> bool:
        """Tell the others, unless they have more open than there is room for."""
        if self._database is None:
            return True
        named = hashlib.sha256(owner.encode("utf-8", "surrogatepass")).hexdigest()

        def note(connection: Connection) -> bool:
            if open_streams.n_elsewhere(connection, named, self._process, datetime.now(UTC)) > room:
                return False
            open_streams.add(connection, stream_id, named, self._process, _lease())
            return True

        return await self._in_thread(note) is not False

    async def _in_thread(self, work: Callable[[Connection], bool | None]) -> bool | None:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._counting, work)

    def _counting(self, work: Callable[[Connection], bool | None]) -> bool | None:
        assert self._database is not None  # noqa: S101  (asked before)
        try:
            with self._database.counting() as connection:
                return work(connection)
        except SQLAlchemyError as error:
            # A full disk or a long write must not end the answers; this process counts alone then.
            logger.warning("a stream was not counted for the others: %s", type(error).__name__)
            return None

    def _count_down(self, owner: str) -> None:
        self._open[owner] -= 1
        self._open += Counter()  # drops the zeros, so that it does not grow with every caller ever seen


def _lease() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=LEASE_S)


def _new_threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="streams")
