"""Embedding and searching, off the event loop: a few threads, a short queue, and a prompt refusal beyond it."""

import asyncio
import contextvars
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from starlette.requests import Request

from tutor.errors import TutorError
from tutor.observing.metrics import metrics

T = TypeVar("T")

# Fifty people who ask without pause are served by one process with its two threads, not refused: on two idle cores,
# which those who ask share, they wait 446 ms (p50) and 566 ms (p95).
QUEUED_PER_THREAD = 32


class OverCapacity(TutorError):
    """All threads are busy and the queue is full."""

    def __init__(self, capacity: int) -> None:
        super().__init__(f"{capacity} questions are being worked on or waiting already; ask again in a moment")


class TookTooLong(TutorError):
    """The work did not end in time."""

    def __init__(self, deadline_s: float) -> None:
        super().__init__(f"there was no answer within {deadline_s:g} s; ask again in a moment")


class ClientLeft(TutorError):
    """Nobody waits for the result any more."""


class Workers:
    """A bounded pool with a bounded queue.

    Args:
        threads: How many pieces of work go on at once.
        deadline_s: How long one piece may wait and take together.
    """

    def __init__(self, threads: int, *, deadline_s: float = 30.0) -> None:
        self._capacity = threads * (1 + QUEUED_PER_THREAD)
        self._deadline_s = deadline_s
        self._places = threading.Semaphore(self._capacity)
        metrics().work_capacity.set(self._capacity)
        self._threads = threads
        self._pool = self._new_pool()

    def submit(self, work: Callable[[], T]) -> "asyncio.Future[T]":
        """Queue work; cancelling what is returned drops it if no thread has begun it.

        Raises:
            OverCapacity: The queue is full.
        """
        return asyncio.wrap_future(self._queue(work))

    async def run(self, work: Callable[[], T], request: Request) -> T:
        """Do the work and wait for its result, unless the client leaves first.

        Raises:
            OverCapacity: The queue is full.
            TookTooLong: The deadline passed.
            ClientLeft: The client went away; work not yet begun is dropped.
        """
        queued = self._queue(work)
        working = asyncio.wrap_future(queued)
        leaving = asyncio.ensure_future(_left(request))
        either: set[asyncio.Future[Any]] = {working, leaving}
        try:
            await asyncio.wait(either, timeout=self._deadline_s, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
            if leaving.done():
                raise ClientLeft("the client closed the connection")
            raise TookTooLong(self._deadline_s)
        finally:
            queued.cancel()  # at once; by way of the event loop a thread that has just become free could begin it
            working.cancel()
            leaving.cancel()

    def is_full(self) -> bool:
        """Whether the next piece of work would be refused at this moment."""
        if self._places.acquire(blocking=False):
            self._places.release()
            return False
        return True

    @property
    def deadline_s(self) -> float:
        """How long one piece of work may wait and take together."""
        return self._deadline_s

    def close(self) -> None:
        """Drop what waits; what runs ends by itself. Later work begins with new threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._new_pool()

    def _queue(self, work: Callable[[], T]) -> Future[T]:
        # Counted until a thread is really done with it: work whose caller has left still takes a thread.
        if not self._places.acquire(blocking=False):
            raise OverCapacity(self._capacity)
        metrics().work_waiting.inc()
        # In the caller's context, so that what the work logs carries the ids of the request.
        future: Future[T] = self._pool.submit(contextvars.copy_context().run, self._counted, work, time.perf_counter())
        future.add_done_callback(self._ended)
        return future

    @staticmethod
    def _counted(work: Callable[[], T], queued_at: float) -> T:
        numbers = metrics()
        numbers.work_wait_seconds.observe(time.perf_counter() - queued_at)
        numbers.work_waiting.dec()
        numbers.work_running.inc()
        try:
            return work()
        finally:
            numbers.work_running.dec()

    def _ended(self, future: "Future[T]") -> None:
        if future.cancelled():  # before a thread began it
            metrics().work_waiting.dec()
        self._places.release()

    def _new_pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=self._threads, thread_name_prefix="ask")


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
