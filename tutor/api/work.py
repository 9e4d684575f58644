"""Embedding and searching, off the event loop: a few threads, a short line, and a prompt refusal beyond it."""

import asyncio
import contextvars
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, Generic, TypeVar

from starlette.requests import Request

from tutor.api.claims import claim_of
from tutor.api.line import FairLine
from tutor.errors import TutorError
from tutor.observing.metrics import metrics

T = TypeVar("T")

# Fifty people who ask without pause are served by one process with its two threads, not refused: on two idle cores,
# which those who ask share, they wait 311 ms (p50) and 402 ms (p95).
QUEUED_PER_THREAD = 32

# While there is a crowd, which is from when the line is half full until three quarters are empty, half of the threads
# stand aside. A thread that answers keeps the interpreter from the event loop, two keep it from each other, too, and
# hand it to and fro: at five times what two cores can do, refusals took 10 ms (p50) with two threads and 3 ms with one,
# and as many were answered. Of two processes four threads kept all from both cores: 620 ms and 3 ms, for a fifth fewer
# answers. From when it was full was too late: the first tenth of a second left up to 300 ms to catch up with.
CROWD_SHARE = 2
CROWD_FROM, CALM_AT = 2, 4  # parts of the line
STALLED_S = 0.25  # not tuned; who works has not begun anything new for so long: that work is long, and others wait


class OverCapacity(TutorError):
    """All threads are busy and the line is full."""

    def __init__(self, capacity: int) -> None:
        super().__init__(f"{capacity} questions are being worked on or waiting already; ask again in a moment")


class TookTooLong(TutorError):
    """The work did not end in time."""

    def __init__(self, deadline_s: float) -> None:
        super().__init__(f"there was no answer within {deadline_s:g} s; ask again in a moment")


class ClientLeft(TutorError):
    """Nobody waits for the result any more."""


class GaveWay(OverCapacity):
    """A question that waited lost its place to one of a course, or of a caller, that held fewer."""

    def __init__(self) -> None:
        TutorError.__init__(self, "more questions wait than can, and others hold fewer places; ask again in a moment")


class _Piece(Generic[T]):
    """One piece of work, in the context of whoever queued it, so that what it logs carries the ids of the request."""

    def __init__(self, work: Callable[[], T], course: str, claim: str) -> None:
        self.future: Future[T] = Future()
        self.course = course
        self.claim = claim
        self._work = work
        self._context = contextvars.copy_context()
        self._queued_at = time.perf_counter()

    def do(self) -> None:
        """Do it, unless nobody waits for it any more."""
        if not self.future.set_running_or_notify_cancel():
            return
        numbers = metrics()
        numbers.work_wait_seconds.observe(time.perf_counter() - self._queued_at)
        numbers.work_running.inc()
        try:
            result = self._context.run(self._work)
        except BaseException as error:
            numbers.work_running.dec()
            self.future.set_exception(error)
            self = None  # type: ignore[assignment]  # noqa: PLW0642  (the error holds this frame, which would hold it)
        else:
            numbers.work_running.dec()
            self.future.set_result(result)

    def give_way(self) -> None:
        """Refuse it, since its place was needed."""
        if self.future.set_running_or_notify_cancel():
            self.future.set_exception(GaveWay())


class Workers:
    """A bounded pool with a bounded line, in which courses and callers have fair shares.

    Args:
        threads: How many pieces of work go on at once.
        deadline_s: How long one piece may wait and take together.
        knows: Whether a course is one that is served; all names that are no course's share one turn.
    """

    def __init__(
        self, threads: int, *, deadline_s: float = 30.0, knows: Callable[[str], bool] = lambda _: True
    ) -> None:
        self._capacity = threads * (1 + QUEUED_PER_THREAD)
        self._deadline_s = deadline_s
        self._knows = knows
        metrics().work_capacity.set(self._capacity)
        self._n_threads = threads
        self._lock = threading.Lock()  # of the line and of who works
        self._calm = threading.Condition(self._lock)
        self._n_aside = 0
        self._crowded: bool
        self._pool: ThreadPoolExecutor
        self._begin_anew()

    def submit(self, work: Callable[[], T], request: Request, course: str) -> "asyncio.Future[T]":
        """Queue work for a course; cancelling what is returned drops it if no thread has begun it.

        Raises:
            OverCapacity: The line is full, and neither the course nor the caller holds less than its share.
        """
        return asyncio.wrap_future(self._queue(work, request, course))

    async def run(self, work: Callable[[], T], request: Request, course: str) -> T:
        """Do the work for a course and wait for its result, unless the client leaves first.

        Raises:
            OverCapacity: The line is full, and neither the course nor the caller holds less than its share.
            TookTooLong: The deadline passed.
            ClientLeft: The client went away; work not yet begun is dropped.
        """
        queued = self._queue(work, request, course)
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

    @property
    def is_full(self) -> bool:
        """Whether nobody may wait but in the place of others."""
        return self._line.is_full

    def has_room_for(self, course: str, claim: str) -> bool:
        """Whether a question would be let in at this moment."""
        with self._lock:
            return self._line.has_room_for(self._share(course), claim)

    @property
    def deadline_s(self) -> float:
        """How long one piece of work may wait and take together."""
        return self._deadline_s

    def close(self) -> None:
        """Drop what waits; what runs ends by itself. Later work begins with new threads."""
        with self._lock:
            pool, waiting = self._pool, list(iter(self._line.take, None))
            self._begin_anew()
            self._calm.notify_all()
        pool.shutdown(wait=False)
        for piece in waiting:
            metrics().work_waiting.dec()
            piece.future.cancel()

    def _queue(self, work: Callable[[], T], request: Request, course: str) -> Future[T]:
        piece = _Piece(work, self._share(course), claim_of(request.scope))
        with self._lock:
            begins = self._n_running < self._n_threads
            if begins:
                self._n_running += 1
                joined, gave_way = True, None
            else:
                joined, gave_way = self._line.join(piece.course, piece.claim, piece)
                self._crowded = self._crowded or len(self._line) >= self._line.n_places // CROWD_FROM
            pool, line = self._pool, self._line
        if not joined:
            raise OverCapacity(self._capacity)
        if begins:
            self._begin(pool, piece, line)
        else:
            metrics().work_waiting.inc()
            # While it waits the line holds it; a future never lets go of what is called when it is done.
            piece.future.add_done_callback(partial(self._leave, weakref.ref(piece), line))
        if gave_way is not None:
            metrics().work_waiting.dec()
            gave_way.give_way()
        return piece.future

    def _begin(self, pool: ThreadPoolExecutor, piece: _Piece[Any], line: FairLine[_Piece[Any]]) -> None:
        # To be taken out by whoever begins: the pool's own frame, which an error would hold, must not hold the piece.
        begun = [piece]
        try:
            pool.submit(self._work_off, begun, line)
        except RuntimeError as error:  # the machine has no room for another thread
            with suppress(IndexError):
                begun.pop()
                with self._lock:
                    if line is self._line:
                        self._n_running -= 1
                raise OverCapacity(self._capacity) from error

    def _work_off(self, begun: list[_Piece[Any]], line: FairLine[_Piece[Any]]) -> None:
        """Do one piece after another, until nobody waits. Work whose caller has left still takes its thread."""
        if not begun:
            return  # refused, since no thread could be started; the pool came to it all the same
        piece: _Piece[Any] | None = begun.pop()
        n_own, n_stalled = 0, -1
        while piece is not None:
            piece.do()
            with self._lock:
                n_stalled = self._stand_aside(line, n_own, n_stalled)
                piece = line.take()
                n_own += 1
                self._n_begun += 1
                if piece is None and line is self._line:
                    self._n_running -= 1
            if piece is not None:
                metrics().work_waiting.dec()

    def _stand_aside(self, line: FairLine[_Piece[Any]], n_own: int, n_stalled: int) -> int:
        """Leave the work to others while there is a crowd, as long as they get on with it; the lock is held.

        Args:
            line: What is worked off.
            n_own: How many pieces this thread has taken from it.
            n_stalled: How many the others had when they did not get on, last time.
        """
        if self._crowded and len(line) <= line.n_places // CALM_AT:
            self._crowded = False
            self._calm.notify_all()
        while self._crowded and line is self._line and self._n_working() > max(1, self._n_threads // CROWD_SHARE):
            n_others = self._n_begun - n_own
            if n_others == n_stalled:
                break
            n_stalled = n_others
            self._n_aside += 1
            self._calm.wait(STALLED_S)
            self._n_aside -= 1
        return n_stalled

    def _n_working(self) -> int:
        return self._n_running - self._n_aside

    def _leave(self, waiting: "weakref.ref[_Piece[Any]]", line: FairLine[_Piece[Any]], future: "Future[Any]") -> None:
        """Free the place of work that was cancelled before a thread began it."""
        piece = waiting()
        if piece is None or not future.cancelled():
            return
        with self._lock:
            left = line.leave(piece.course, piece.claim, piece)
        if left:
            metrics().work_waiting.dec()

    def _share(self, course: str) -> str:
        """Whose turn a course's questions come at: with names that anybody can invent, nobody gets more turns."""
        return course if self._knows(course) else ""

    def _begin_anew(self) -> None:
        self._line: FairLine[_Piece[Any]] = FairLine(self._n_threads * QUEUED_PER_THREAD)
        self._n_running = self._n_begun = 0
        self._crowded = False
        self._pool = ThreadPoolExecutor(max_workers=self._n_threads, thread_name_prefix="ask")


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
