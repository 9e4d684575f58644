"""What is not counted as it happens but looked at: memory, pools, what waits, whether the service is ready."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy.pool import QueuePool

from tutor.observing.metrics import are_shared, metrics
from tutor.state.database import Database

EVERY_S = 5.0  # where another process is scraped, its numbers of this one are as old as this at most

_KINDS = {"RssAnon:": "anonymous", "RssFile:": "file", "RssShmem:": "shared"}
_STATUS = Path("/proc/self/status")


class Sampler:
    """Looks at one process.

    Args:
        database: Whose connections are counted.
        n_waiting: How many records wait to be kept.
        is_ready: Whether this process can answer; may read the database.
    """

    def __init__(self, database: Database, *, n_waiting: Callable[[], int], is_ready: Callable[[], bool]) -> None:
        self._database = database
        self._n_waiting = n_waiting
        self._is_ready = is_ready
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def sample(self) -> None:
        """Look once."""
        numbers = metrics()
        numbers.workers.set(1)
        numbers.records_waiting.set(self._n_waiting())
        pool = self._database.engine.pool
        if isinstance(pool, QueuePool):
            numbers.sql_in_use.set(pool.checkedout())
            numbers.sql_pooled.set(pool.checkedin())
        for kind, n_bytes in resident_bytes().items():
            numbers.memory.labels(kind).set(n_bytes)
        numbers.ready.set(self._can_answer())

    def start(self) -> None:
        """Look every few seconds, where somebody else may be scraped in our place."""
        if are_shared():
            self._ending.clear()
            self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        self.sample()
        while not self._ending.wait(EVERY_S):
            self.sample()

    def _can_answer(self) -> bool:
        try:
            return self._is_ready()
        except Exception:  # what cannot even be asked cannot answer
            return False


def resident_bytes() -> dict[str, int]:
    """Resident memory of this process by kind; empty where the system does not tell (it is Linux that does)."""
    found: dict[str, int] = {}
    with suppress(OSError):
        for line in _STATUS.read_text("ascii", errors="replace").splitlines():
            name, *rest = line.split()
            if name in _KINDS:
                found[_KINDS[name]] = int(rest[0]) * 1024
    return found


def seconds_since_start() -> float:
    """How long this process has been running, its interpreter's start included; 0 where the system does not tell."""
    with suppress(OSError, ValueError, AttributeError):
        started_ticks = int(Path("/proc/self/stat").read_text("ascii").rpartition(")")[2].split()[19])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - started_ticks / os.sysconf("SC_CLK_TCK")
    return 0.0
