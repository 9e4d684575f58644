"""One server a data directory: held for life, given back by the kernel at any end, kill -9 included.

Commands that only read, and those that write through SQL, need no lock and work beside a server. They find it here.
"""

import fcntl
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tutor.state.errors import DataDirTaken, StateUnwritable

LOCK_NAME = ".server-lock"
# A command that looks who holds the lock takes it for a moment: a starting server tries again before it gives up.
_ATTEMPTS, _PAUSE_S = 20, 0.05


@dataclass(frozen=True, slots=True)
class RunningServer:
    """Who holds a data directory."""

    pid: int
    origin: str  # where it is reached from this machine; empty until it listens


class ServerLock:
    """Holds a data directory while the ``with`` block runs; made for one use."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            DataDirTaken: Another server holds it; the message names the process.
            StateUnwritable: The data directory is not writable.
        """
        try:
            self._data_dir.mkdir(parents=True, exist_ok=True)
            # The file stays for ever: deleting it would let two processes lock two files of one name.
            descriptor = os.open(self._data_dir / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StateUnwritable(self._data_dir, error) from error
        for attempt in range(_ATTEMPTS):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if attempt + 1 == _ATTEMPTS:
                    holder = _read(descriptor)
                    os.close(descriptor)
                    raise DataDirTaken(self._data_dir, holder.pid, holder.origin) from error
                time.sleep(_PAUSE_S)
        self._descriptor = descriptor
        self.announce("")
        return self

    @property
    def descriptor(self) -> int:
        """The open lock file: the directory is held for as long as any process has it open."""
        return self._descriptor

    def announce(self, origin: str) -> None:
        """Say where the server is reached."""
        content = json.dumps({"pid": os.getpid(), "origin": origin}).encode()
        os.truncate(self._descriptor, 0)
        os.pwrite(self._descriptor, content, 0)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)  # closing gives the lock back


def running_server(data_dir: Path) -> RunningServer | None:
    """The server that holds the data directory now, if one does."""
    try:
        descriptor = os.open(data_dir / LOCK_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(descriptor)
    finally:
        os.close(descriptor)
    return None


def _read(descriptor: int) -> RunningServer:
    try:
        fields = json.loads(os.pread(descriptor, 1000, 0))
        return RunningServer(int(fields["pid"]), str(fields["origin"]))
    except (ValueError, KeyError, TypeError):  # it has just started
        return RunningServer(0, "")
