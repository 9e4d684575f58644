"""Taking connections from a port that several processes listen on, so that each of them has its share.

The kernel wakes all of them for a connection and gives it to the first who asks. When a crowd comes at once, that is
whoever runs on the free processor, every time: of fifty kept connections one process had all, and the other nothing to
do. So a process that has more connections than another one stands back for a moment.
"""

import asyncio
import errno
import logging
import mmap
import socket
from array import array
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import Self

from tutor.serving.listening import BACKLOG

# One by one, each connection would wait for a turn of the event loop; with asyncio's hundred, one process would take
# whatever came while it was the only one awake.
ACCEPTED_IN_A_ROW = 8
# Another process that is awake takes a connection within one turn of its event loop, which lasts some 5 ms under load;
# what waits longer is taken by whoever is there.
STAND_BACK_S = 0.01
NO_FILE_PAUSE_S = 1.0  # as asyncio does

_NOBODY = 2**31 - 1  # more than anybody has: nobody stands back for who accepts nothing
_NO_ROOM = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_FILE = "connections"

logger = logging.getLogger(__name__)


class Shares:
    """How many connections each process of a service has, as each of them says; in memory that they share.

    Args:
        folder: Where ``lay_out`` was called.
        slot: The place of this process among them.
    """

    def __init__(self, folder: Path, slot: int) -> None:
        with (folder / _FILE).open("r+b") as file:
            self._counts = memoryview(mmap.mmap(file.fileno(), 0)).cast("i")
        self._slot = slot

    @staticmethod
    def lay_out(folder: Path, n_slots: int) -> None:
        """Make the memory, before the first process starts. Written, not grown: a page that is there never fails."""
        (folder / _FILE).write_bytes(array("i", [_NOBODY] * n_slots).tobytes())

    @classmethod
    def found_in(cls, folder: Path, slot: int) -> Self | None:
        """The shares that were laid out there; None where there was no room to do so."""
        try:
            return cls(folder, slot)
        except (OSError, ValueError):  # ValueError: it is empty
            return None

    def say(self, n_connections: int) -> None:
        """Say how many this process has."""
        self._counts[self._slot] = n_connections

    def leave(self) -> None:
        """Say that this process accepts nothing (any more)."""
        self._counts[self._slot] = _NOBODY

    def exceeded_by(self, n_connections: int) -> bool:
        """Whether so many are more than another process has."""
        return any(n_connections > count for slot, count in enumerate(self._counts) if slot != self._slot)


class Acceptor:
    """Takes connections from a listener for as long as it is open.

    Args:
        listener: Where clients connect; not blocking from now on.
        protocol: Makes the protocol of one connection.
        connections: Those that are open.
        shares: Of the processes that share the listener, if any do.
    """

    def __init__(
        self,
        listener: socket.socket,
        protocol: Callable[[], asyncio.Protocol],
        connections: Collection[object],
        shares: Shares | None = None,
    ) -> None:
        self._listener = listener
        self._protocol = protocol
        self._connections = connections
        self._shares = shares
        self._loop = asyncio.get_running_loop()
        self._beginning: set[asyncio.Task[object]] = set()  # accepted, and not yet among the connections
        self._pause: asyncio.TimerHandle | None = None
        self._is_open = True
        listener.setblocking(False)
        self._loop.add_reader(listener, self._take)
        self.tell()

    def tell(self) -> None:
        """Say how many connections there are; to be called now and then, since some have ended."""
        if self._shares is not None and self._is_open:
            self._shares.say(self._n())

    def close(self) -> None:
        """Take those who wait already, whom the kernel would reset, and no more; close the listener."""
        if not self._is_open:
            return
        self._is_open = False
        self._loop.remove_reader(self._listener)
        if self._pause is not None:
            self._pause.cancel()
        if self._shares is not None:
            self._shares.leave()
        for _ in range(BACKLOG):
            if not self._take_one():
                break
        self._listener.close()  # right after: who comes in between is reset

    def _n(self) -> int:
        return len(self._connections) + len(self._beginning)

    def _take(self, *, standing_back: bool = True) -> None:
        for _ in range(ACCEPTED_IN_A_ROW):
            if standing_back and self._shares is not None and self._shares.exceeded_by(self._n()):
                self._wait(STAND_BACK_S, partial(self._take, standing_back=False))
                break
            if not self._take_one():
                break

    def _take_one(self) -> bool:
        """Whether there was one."""
        try:
            taken, _ = self._listener.accept()
        except (BlockingIOError, InterruptedError):
            return False
        except OSError as error:
            if error.errno in _NO_ROOM:
                logger.error("cannot accept a connection: %s", error.strerror)
                self._wait(NO_FILE_PAUSE_S, lambda: None)
            return False  # else that connection is gone again
        taken.setblocking(False)
        task: asyncio.Task[object] = self._loop.create_task(self._loop.connect_accepted_socket(self._protocol, taken))
        self._beginning.add(task)
        task.add_done_callback(self._begun)
        self.tell()
        return True

    def _begun(self, task: asyncio.Task[object]) -> None:
        self._beginning.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.debug("a connection ended as it began: %s", type(error).__name__)

    def _wait(self, seconds: float, then: Callable[[], None]) -> None:
        """Look away from the listener for so long; others do not."""
        if self._pause is None and self._is_open:
            self._loop.remove_reader(self._listener)
            self._pause = self._loop.call_later(seconds, self._look_again, then)

    def _look_again(self, then: Callable[[], None]) -> None:
        self._pause = None
        self._loop.add_reader(self._listener, self._take)
        then()
