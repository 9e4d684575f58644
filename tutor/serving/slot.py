"""One worker's place: filled again whenever its process ends, and renewed without a gap."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from tutor.serving.worker_process import WorkerProcess

LOAD_S = 300.0  # how long a new process may load before a rolling restart is given up; the old one serves meanwhile
HUNG_AFTER_S = 40.0  # an event loop that says nothing for so long is stuck; what blocks it for a moment is no reason
START_S = 120.0  # until the event loop runs: on a machine that swaps, reading the libraries takes a while
END_S = 24.0  # from the signal to the end; a service ends in order within it, and is killed after it

SHORT_LIFE_S = 10.0  # a process that ended sooner is not started again at once
BACK_OFF_S = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # after so many short lives in a row
LOOK_S = 0.2

logger = logging.getLogger(__name__)


class Slot:
    """Keeps one worker running.

    Args:
        number: Of this place, from 0.
        start: Starts a process for it.
        anyone_accepts: Whether some worker of the service accepts connections.
    """

    def __init__(
        self, number: int, start: Callable[[int], Awaitable[WorkerProcess]], anyone_accepts: Callable[[], bool]
    ) -> None:
        self.number = number
        self._start = start
        self._anyone_accepts = anyone_accepts
        self._changing = asyncio.Lock()
        self._short_lives = 0
        self.worker: WorkerProcess | None = None
        self.processes: set[WorkerProcess] = set()  # all that run, the one that is being replaced included
        self.listens = asyncio.Event()  # since the first time that a worker took connections
        self.in_service = asyncio.Event()  # since the first time that a worker has loaded

    @property
    def short_lives(self) -> int:
        """How many workers in a row ended soon after their start."""
        return self._short_lives

    async def keep(self) -> None:
        """Have a worker, for ever."""
        while True:
            worker = await self._filled()
            if worker is None:
                await asyncio.sleep(self._wait_s(short_life=True))
                continue
            await self._bring_in(worker)
            code = await asyncio.shield(worker.ended)
            if self.worker is worker and not self._changing.locked():
                await self._mourn(worker, code)

    async def renew(self) -> bool:
        """Put a new worker in the place of the one that serves, once it has loaded; whether that came about."""
        async with self._changing:
            fresh = await self._new()
            if fresh is None:
                return False
            if not await self._loads(fresh):
                logger.error("worker %d: process %d did not load; the one before goes on", self.number, fresh.pid)
                fresh.kill()
                return False
            before, self.worker = self.worker, fresh
            if before is not None:
                before.end()
                await before.closed.wait()  # of two that accept, one would get a question and the other the next
            fresh.accept()
            if before is not None:
                await end_in_time(before)
        logger.info("worker %d: process %d serves now", self.number, fresh.pid)
        return True

    async def _filled(self) -> WorkerProcess | None:
        """The worker that runs, or a new one; None where none could be started."""
        async with self._changing:
            if self.worker is None or self.worker.has_ended:
                self.worker = await self._new()
            return self.worker

    async def _new(self) -> WorkerProcess | None:
        """A new process; None where the machine has no room for one: for a moment, mostly, and the others go on."""
        try:
            worker = await self._start(self.number)
        except OSError as error:
            logger.error("worker %d: no process can be started: %s", self.number, error.strerror)
            return None
        self.processes.add(worker)
        watching = asyncio.ensure_future(self._watch(worker))
        watching.add_done_callback(lambda _: self.processes.discard(worker))
        return worker

    async def _bring_in(self, worker: WorkerProcess) -> None:
        """Let it accept once it can answer; at once where nobody else would even say that the service is loading."""
        while not worker.has_ended and not (worker.accepts and worker.beats):
            if not worker.accepts and (worker.loaded.done() or not self._anyone_accepts()):
                worker.accept()
            await asyncio.wait({worker.loaded}, timeout=LOOK_S)
        if worker.accepts:
            self.listens.set()
        if await self._loads(worker):
            self.in_service.set()

    async def _loads(self, worker: WorkerProcess) -> bool:
        await asyncio.wait({worker.loaded}, timeout=LOAD_S)
        return worker.loaded.done() and not worker.loaded.cancelled() and worker.loaded.result()

    def _wait_s(self, *, short_life: bool) -> float:
        """How long the next start waits; a process that could not be started at all counts as a short life."""
        self._short_lives = self._short_lives + 1 if short_life else 0
        return BACK_OFF_S[min(self._short_lives, len(BACK_OFF_S) - 1)]

    async def _mourn(self, worker: WorkerProcess, code: int) -> None:
        lived_s = asyncio.get_running_loop().time() - worker.started_at
        wait_s = self._wait_s(short_life=lived_s < SHORT_LIFE_S)
        why = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        logger.error(
            "worker %d: process %d %s after %.0f s; the next starts in %g s",
            self.number,
            worker.pid,
            why,
            lived_s,
            wait_s,
        )
        await asyncio.sleep(wait_s)

    async def _watch(self, worker: WorkerProcess) -> None:
        """Kill it when its event loop is stuck, until it ends or is asked to."""
        loop = asyncio.get_running_loop()
        while not worker.has_ended:
            patience_s = HUNG_AFTER_S if worker.beats else START_S
            left_s = worker.heard_at + patience_s - loop.time()
            if left_s <= 0 and not worker.closed.is_set():
                logger.error("worker %d: process %d says nothing for %g s", self.number, worker.pid, patience_s)
                worker.kill()
            # Not longer than that even where the patience is: a moment later the loop may run, and get stuck.
            await asyncio.wait({worker.ended}, timeout=max(min(left_s, HUNG_AFTER_S), 1.0))


async def end_in_time(worker: WorkerProcess) -> None:
    """Ask it to end, wait, and kill it when it takes too long."""
    worker.end()
    await asyncio.wait({worker.ended}, timeout=END_S)
    if not worker.has_ended:
        logger.error("process %d did not end within %g s and is killed", worker.pid, END_S)
        worker.kill()
        await asyncio.wait({worker.ended})
