"""One writer per index root: a second one is told who holds the lock, which dies with its process, kill -9 included."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from index.errors import AnotherWriter

_LOCK_NAME = ".writer-lock"


class WriterLock:
    """Holds ``root`` for writing while the ``with`` block runs; made for one use.

    Args:
        root: Made if need be.
        name: Of the file that is locked; locks of different names do not exclude each other.
    """

    def __init__(self, root: Path, *, name: str = _LOCK_NAME) -> None:
        self._root = root
        self._name = name
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Take the lock, without waiting.

        Raises:
            AnotherWriter: If somebody holds it; the message names the process.
        """
        self._root.mkdir(parents=True, exist_ok=True)
        # The file stays for ever: deleting it would let two processes lock two files of one name.
        descriptor = os.open(self._root / self._name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise AnotherWriter(str(self._root), holder or "unknown") from error
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)  # closing gives the lock back
