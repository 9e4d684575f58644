"""Writes to the database behind an answer's back: one thread, a bounded queue, many writes a transaction.

An answer never waits for the disk, and never fails because its record cannot be kept. What could not be kept is counted
and told. A learner's words are never in a log.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from tutor.observing.metrics import metrics
from tutor.state.database import Database

logger = logging.getLogger(__name__)

Write = Callable[[Connection], None]
Prepare = Callable[[], Write]

MAX_WAITING = 1000  # about 20 MB of answers; at 50 questions a second twenty seconds of a database that does not answer
MAX_BATCH = 64  # writes a transaction: one sync to the disk for all of them
SETTLE_S = 5.0  # how long somebody waits for what was asked just before
_CLOSE_S = 10.0
_ENOUGH = 3  # writes that fail one after another


class Recorder:
    """Keeps what is handed to it, soon and in order.

    Args:
        database: Where to.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: queue.Queue[Prepare | None] = queue.Queue(MAX_WAITING)
        self._changed = threading.Condition()
        self._n_accepted = 0
        self._n_done = 0
        self._n_lost = 0
        self._trouble = ""
        self._thread: threading.Thread | None = None

    @property
    def n_lost(self) -> int:
        """How many writes were given up since the service started."""
        return self._n_lost

    @property
    def n_waiting(self) -> int:
        """About how many writes wait."""
        return self._waiting.qsize()

    @property
    def trouble(self) -> str:
        """Why the last write was given up; empty once one succeeds again."""
        return self._trouble

    def later(self, write: Write) -> bool:
        """Hand over a write; at once, and False when too many are waiting already."""
        return self.prepared_later(lambda: write)

    def prepared_later(self, prepare: Prepare) -> bool:
        """Likewise, of a write that is to be worked out first: behind the answer's back, and in no transaction.

        While one writes to the embedded database nobody else can: what takes long must not lie in between.
        """
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
                self._thread.start()
            try:
                self._waiting.put_nowait(prepare)
            except queue.Full:
                self._give_up(1, f"more than {MAX_WAITING} records are waiting for the database")
                return False
            self._n_accepted += 1
        return True

    def settle(self, timeout_s: float = SETTLE_S) -> bool:
        """Wait until everything handed over before is kept or given up; False when that takes too long."""
        with self._changed:
            wanted = self._n_accepted
            return self._changed.wait_for(lambda: self._n_done >= wanted, timeout_s)

    def close(self) -> None:
        """Keep what is waiting and stop."""
        with self._changed:
            thread, self._thread = self._thread, None
        if thread is not None:
            with suppress(queue.Full):
                self._waiting.put(None, timeout=_CLOSE_S)
                thread.join(_CLOSE_S)

    def _run(self) -> None:
        while True:
            batch = [self._waiting.get()]
            with suppress(queue.Empty):
                while len(batch) < MAX_BATCH:
                    batch.append(self._waiting.get_nowait())
            wanted = [prepare for prepare in batch if prepare is not None]
            try:
                self._keep(self._prepared(wanted))
            finally:
                with self._changed:
                    self._n_done += len(wanted)
                    self._changed.notify_all()
            if len(wanted) < len(batch):
                return

    def _prepared(self, wanted: Sequence[Prepare]) -> list[Write]:
        writes = []
        for prepare in wanted:
            try:
                writes.append(prepare())
            except Exception as error:  # whatever is wrong with this record, the others are kept
                self._give_up(1, f"working it out fails: {_kind(error)}")
        return writes

    def _keep(self, writes: Sequence[Write]) -> None:
        if not writes:
            return
        start = time.perf_counter()
        try:
            self._in_one_transaction(writes)
        except Exception as error:  # whatever one write is wrong with must not take the others along
            self._keep_each(writes, error)
        else:
            self._trouble = ""
            logger.debug("kept %d records in %.1f ms", len(writes), (time.perf_counter() - start) * 1000)

    def _keep_each(self, writes: Sequence[Write], error: Exception) -> None:
        if len(writes) == 1:
            self._give_up(1, f"writing fails: {_kind(error)}")
            return
        n_failed = 0  # one after another
        for place, write in enumerate(writes):
            if n_failed == _ENOUGH:  # it is the database, and trying each of the rest would only take longer
                self._give_up(len(writes) - place, self._trouble)
                return
            n_lost = self._n_lost
            self._keep([write])
            n_failed = n_failed + 1 if self._n_lost > n_lost else 0

    def _in_one_transaction(self, writes: Sequence[Write]) -> None:
        with self._database.writing() as connection:
            for write in writes:
                write(connection)

    def _give_up(self, n_writes: int, trouble: str) -> None:
        self._n_lost += n_writes
        metrics().records_lost.inc(n_writes)
        self._trouble = trouble
        logger.error("%d records of questions could not be kept: %s", n_writes, trouble)


def _kind(error: Exception) -> str:
    """What went wrong, without the values that an error of the database repeats."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return type(cause).__name__
