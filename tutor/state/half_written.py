"""Files and folders that are being written: their writer holds a lock on them, which dies with its process.

So whoever tidies up tells what a killed process left from what another process is writing at this moment, whatever the
clock says and however fast the service was started again.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def folder_being_written(parent: Path) -> Iterator[Path]:
    """A new folder in ``parent``, held while the block runs, and deleted at its end with all that is in it.

    Raises:
        OSError: The disk is full, or may not be written.
    """
    parent.mkdir(parents=True, exist_ok=True)
    while True:
        folder = Path(tempfile.mkdtemp(dir=parent))
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:  # somebody tidied it up in that moment
            continue
        if hold(descriptor, folder):
            break
        os.close(descriptor)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def hold(descriptor: int, path: Path) -> bool:
    """Hold what was just made, until the descriptor is closed; False if somebody tidied it up in that moment."""
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def remove_abandoned(paths: Iterable[Path]) -> int:
    """Delete those that nobody holds; how many there were."""
    n_removed = 0
    for path in paths:
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # held: somebody is writing it
                shutil.rmtree(path) if path.is_dir() else path.unlink()
                n_removed += 1
            finally:
                os.close(descriptor)
    return n_removed
