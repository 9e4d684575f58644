"""How far a running job is, kept where every process can read it, without writing at every step."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tutor.state.database import Database
from tutor.state.jobs import JobRecord, beat, report

WRITE_EVERY_S = 0.5  # a person cannot follow more, and each write waits for the disk
BEAT_EVERY_S = 5.0


class Stopped(Exception):
    """The process is asked to end; the job is given back."""


class JobReport:
    """A ``Progress`` that keeps what it is told of one job, and ends the job's work when the process shall end."""

    def __init__(self, database: Database, job: JobRecord, stopping: threading.Event) -> None:
        self._database = database
        self._job = job
        self._stopping = stopping
        self._stage = ""
        self._written_at = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take note.

        Raises:
            Stopped: The process is asked to end.
        """
        if self._stopping.is_set():
            raise Stopped
        now = time.monotonic()
        if stage != self._stage or now - self._written_at >= WRITE_EVERY_S:
            self._stage, self._written_at = stage, now
            with self._database.writing() as connection:
                report(connection, self._job, stage, done, total)


@contextmanager
def heart_beating(database: Database, job: JobRecord) -> Iterator[None]:
    """While the block runs, note every few seconds that somebody is at the job."""
    ended = threading.Event()

    def keep_beating() -> None:
        while not ended.wait(BEAT_EVERY_S):
            with database.writing() as connection:
                beat(connection, job)

    thread = threading.Thread(target=keep_beating, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
