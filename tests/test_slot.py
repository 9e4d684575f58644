"""A worker's place on a machine that has no room for another process: it is filled as soon as there is."""

import asyncio
import errno
import socket
import sys

import pytest

from tutor.serving import slot as slots
from tutor.serving.assignment import BEAT, LOADED, Assignment
from tutor.serving.slot import Slot
from tutor.serving.worker_process import WorkerProcess

WORKER = """
import socket, sys
line = socket.socket(fileno=int(sys.argv[1]))
line.sendall(sys.argv[2].encode())
line.recv(9)
line.recv(9)
"""


class Machine:
    """Has no room for so many starts, then starts processes that have loaded at once."""

    def __init__(self, refusals: float) -> None:
        self.refusals = refusals
        self.n_asked = 0

    async def start(self, number: int) -> WorkerProcess:
        self.n_asked += 1
        if self.n_asked <= self.refusals:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        ours, theirs = socket.socketpair()
        with theirs:
            words = (BEAT + LOADED).decode()
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", WORKER, str(theirs.fileno()), words, pass_fds=(theirs.fileno(),)
            )
        ours.setblocking(False)
        return WorkerProcess(process, ours)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "BACK_OFF_S", (0.0,))


def test_a_place_is_filled_once_the_machine_has_room_again() -> None:
    async def fill() -> int:
        slot = Slot(0, Machine(refusals=3).start, anyone_accepts=lambda: False)
        keeping = asyncio.ensure_future(slot.keep())
        serving = asyncio.ensure_future(slot.in_service.wait())
        await asyncio.wait({keeping, serving}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
        assert serving.done(), "nobody serves"
        keeping.cancel()
        assert slot.worker
        slot.worker.kill()
        await slot.worker.ended
        return slot.short_lives

    assert asyncio.run(fill()) == 3, "as many as whoever starts the service gives up after"


def test_a_renewal_that_the_machine_has_no_room_for_leaves_the_worker_that_serves() -> None:
    async def renew() -> tuple[bool, bool]:
        machine = Machine(refusals=0)
        slot = Slot(0, machine.start, anyone_accepts=lambda: False)
        keeping = asyncio.ensure_future(slot.keep())
        async with asyncio.timeout(30):
            await slot.in_service.wait()
        before, machine.refusals = slot.worker, float("inf")
        renewed = await slot.renew()
        still = slot.worker is before and before is not None and not before.has_ended
        keeping.cancel()
        assert before
        before.kill()
        await before.ended
        return renewed, still

    assert asyncio.run(renew()) == (False, True)


def test_a_process_that_cannot_be_started_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs: list[socket.socket] = []
    make_pair = socket.socketpair

    def noted() -> tuple[socket.socket, socket.socket]:
        pairs.extend(pair := make_pair())
        return pair

    async def start() -> None:
        monkeypatch.setattr(socket, "socketpair", noted)
        monkeypatch.setattr(sys, "executable", "/nowhere/python")
        assignment = Assignment(1, origin="", cookie_name="", open_to_all=False)
        await WorkerProcess.start(assignment, environment={})

    with pytest.raises(OSError, match="nowhere"):
        asyncio.run(start())

    assert [each.fileno() for each in pairs] == [-1, -1]
