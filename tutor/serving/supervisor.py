"""Several processes on one port: started one after another, replaced when they die, renewed one by one, ended together.

The supervisor holds what there must be one of: the data directory's lock, the sockets, the printed link. It loads no
model, no index and no page, and answers nobody: it must not fail for the reasons that workers fail for.
"""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from index.cores import usable_cores
from tutor.errors import TutorError
from tutor.observing.node import NodeMetrics
from tutor.serving.accepting import Shares
from tutor.serving.assignment import Assignment, socket_of
from tutor.serving.listening import listen_at
from tutor.serving.slot import LOOK_S, Slot, end_in_time
from tutor.serving.worker_process import WorkerProcess

# Workers start one after another, so that the first is ready as soon as it would be alone; a course that takes longer
# to be indexed than this does not keep the others from starting.
FIRST_START_S = 60.0
GIVE_UP_AFTER = 5  # short lives of the first worker when none has ever been ready: something is wrong with all of them

logger = logging.getLogger(__name__)


class NoWorkerStarts(TutorError):
    """Whatever ends the workers would end every other, too."""

    def __init__(self) -> None:
        super().__init__(f"{GIVE_UP_AFTER} workers in a row ended at once or could not be started; the log says why")


class Supervisor:
    """Runs the workers of one service, from ``run`` until the process is asked to end.

    Args:
        listener: The port, which all share.
        assignment: Of every worker, but for what differs between them.
        kept_open: A descriptor that must stay open for as long as any worker runs: of the data directory's lock.
        on_first: Called when the first worker takes connections.
        print_link: Called in a thread at SIGUSR1; None where there are no links.
    """

    def __init__(
        self,
        listener: socket.socket,
        assignment: Assignment,
        *,
        kept_open: int,
        on_first: Callable[[], None],
        print_link: Callable[[], None] | None = None,
    ) -> None:
        self._listener = listener
        self._assignment = assignment
        self._kept_open = kept_open
        self._on_first = on_first
        self._print_link = print_link
        self._n_workers = assignment.n_slots
        self._environment = {**os.environ, **shared_processors(assignment.n_slots)}
        self._metrics: NodeMetrics | None = None
        self._siblings: list[socket.socket] = []
        self._folder = Path()
        self._slots: list[Slot] = []
        self._asked_to_end = 0
        self._renewing: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serve; ends when SIGTERM or SIGINT came and every worker has ended.

        Raises:
            NoWorkerStarts: There is no use in trying on.
        """
        with ExitStack() as held:
            # Not in the data directory, whose path may be longer than the address of a socket can be.
            self._folder = Path(held.enter_context(TemporaryDirectory(prefix="course-tutor-")))
            with suppress(OSError):  # no room there: connections fall to the workers by chance
                Shares.lay_out(self._folder, self._n_workers)
            self._siblings = [
                held.enter_context(listen_at(socket_of(self._folder, slot))) for slot in range(self._n_workers)
            ]
            self._metrics = held.enter_context(closing(NodeMetrics()))
            self._environment |= self._metrics.environment
            self._slots = [Slot(number, self._start, self._anyone_accepts) for number in range(self._n_workers)]
            ending = asyncio.Event()
            self._heed_signals(ending)
            keeping = asyncio.ensure_future(self._keep_all())
            await asyncio.wait({keeping, asyncio.ensure_future(ending.wait())}, return_when=asyncio.FIRST_COMPLETED)
            await self._end(keeping)

    async def _keep_all(self) -> None:
        async with asyncio.TaskGroup() as keepers:
            for slot in self._slots:
                keepers.create_task(slot.keep())
                if slot.number == 0:
                    await self._first_start(slot)
                elif slot is not self._slots[-1]:
                    await _within(FIRST_START_S, slot.in_service)

    async def _first_start(self, slot: Slot) -> None:
        loop = asyncio.get_running_loop()
        give_up = loop.time() + FIRST_START_S
        announced = False
        while not (announced and (slot.in_service.is_set() or loop.time() > give_up)):
            if slot.short_lives >= GIVE_UP_AFTER:
                raise NoWorkerStarts
            await _within(LOOK_S, slot.in_service if announced else slot.listens)
            if slot.listens.is_set() and not announced:
                announced = True
                self._on_first()

    async def _end(self, keeping: "asyncio.Future[None]") -> None:
        self._listener.close()  # or the kernel would go on taking connections that nobody serves
        failure = keeping.exception() if keeping.done() and not keeping.cancelled() else None
        keeping.cancel()
        if self._renewing is not None:
            self._renewing.cancel()
        running = [worker for slot in self._slots for worker in slot.processes]
        logger.info("ending: %d workers are asked to", len(running))
        await asyncio.gather(*(end_in_time(worker) for worker in running))
        with suppress(asyncio.CancelledError, Exception):  # looked at above
            await keeping
        if isinstance(failure, BaseExceptionGroup):
            failure = failure.exceptions[0]
        if failure is not None:
            raise failure

    def _heed_signals(self, ending: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()

        def end() -> None:
            self._asked_to_end += 1
            ending.set()
            if self._asked_to_end > 1:  # a second Ctrl+C
                for worker in [worker for slot in self._slots for worker in slot.processes]:
                    worker.kill()

        def renew() -> None:
            if self._renewing is None or self._renewing.done():
                self._renewing = loop.create_task(self._renew())

        loop.add_signal_handler(signal.SIGTERM, end)
        loop.add_signal_handler(signal.SIGINT, end)
        loop.add_signal_handler(signal.SIGHUP, renew)
        if print_link := self._print_link:
            loop.add_signal_handler(signal.SIGUSR1, lambda: loop.run_in_executor(None, print_link))

    async def _renew(self) -> None:
        """A rolling restart: never fewer workers than there should be, and the next only when this one serves."""
        logger.info("rolling restart of %d workers begins", self._n_workers)
        for slot in self._slots:
            if not await slot.renew():
                logger.error("the rolling restart is broken off")
                return
        logger.info("rolling restart is done")

    def _anyone_accepts(self) -> bool:
        return any(slot.worker is not None and slot.worker.accepts for slot in self._slots)

    async def _start(self, slot: int) -> WorkerProcess:
        listener, sibling = self._listener.fileno(), self._siblings[slot].fileno()
        assignment = replace(
            self._assignment, slot=slot, sockets_folder=str(self._folder), listener=listener, sibling_listener=sibling
        )
        descriptors = (listener, sibling, self._kept_open)
        worker = await WorkerProcess.start(assignment, *descriptors, environment=self._environment)
        worker.ended.add_done_callback(lambda _: self._forget(slot, worker.pid))
        return worker

    def _forget(self, slot: int, pid: int) -> None:
        if self._metrics is not None:
            self._metrics.forget(pid)
        if (shares := Shares.found_in(self._folder, slot)) is not None:
            shares.leave()  # who was killed did not say so; a successor that runs already says anew how many it has


def shared_processors(n_workers: int) -> Mapping[str, str]:
    """Settings of the numerical libraries, so that together the workers have as many threads as there are processors.

    The bundled model computes on the thread that asks and needs none; another one's torch, FAISS and numpy do. Whoever
    has set a variable knows better.
    """
    threads = str(max(1, usable_cores() // n_workers))
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {name: os.environ.get(name, threads) for name in names}


async def _within(seconds: float, event: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
