"""The numbers of several worker processes of one node: a folder of files, one set for each process.

The supervisor makes the folder, names it in each worker's environment before that process starts, and says which worker
has ended. What an ended worker counted stays counted (a counter that falls looks like a restart, and its rate like a
burst), in one file for all of them, so that a worker that dies every few seconds does not fill the disk.
"""

import fcntl
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import mark_process_dead

from tutor.observing.metrics import LASTING_BYTES, SHARED_FOLDER, are_shared, take_room

_ENDED = 0  # stands for every worker that has ended; no process that counts has this number
_LOCK_FILE = ".adding-up"

logger = logging.getLogger(__name__)


class NodeMetrics:
    """Held by the supervisor, from before its first worker starts until its last has ended."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="course-tutor-metrics-"))
        try:
            take_room(self.folder, _ENDED, LASTING_BYTES)
            self._shares = True
        except OSError as error:
            logger.warning("%s has no room for numbers; each worker tells only its own: %s", self.folder, error)
            self._shares = False

    @property
    def environment(self) -> Mapping[str, str]:
        """What a worker's environment needs before its interpreter starts."""
        return {SHARED_FOLDER: str(self.folder)} if self._shares else {}

    def forget(self, pid: int) -> None:
        """A worker has ended: what it held is let go, what it counted is kept."""
        if not self._shares:
            return
        with _alone(self.folder):
            mark_process_dead(pid, str(self.folder))
            for kind in ("counter", "histogram"):
                left = self.folder / f"{kind}_{pid}.db"
                if left.exists():
                    _add(left, self.folder / f"{kind}_{_ENDED}.db")
                    left.unlink()

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def reading_shared_numbers() -> Iterator[None]:
    """While the block runs, no ended worker's numbers are moved, so that none is seen twice or not at all."""
    if not are_shared():
        yield
        return
    with _alone(Path(os.environ[SHARED_FOLDER])):
        yield


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / _LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # waits milliseconds at most: as long as another one adds up
        yield
    finally:
        os.close(descriptor)  # which gives the lock back


def _add(left: Path, total: Path) -> None:
    into = MmapedDict(str(total))
    try:
        for key, value, _, _ in MmapedDict.read_all_values_from_file(str(left)):
            before, _ = into.read_value(key)
            into.write_value(key, before + value, 0.0)
    finally:
        into.close()
