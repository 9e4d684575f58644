"""Files that survive a power cut: written aside, fsynced, renamed into place. Knows bytes and folders only."""

import os
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader finds the old content or the new at any moment, power cut included; never a mix."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def publish_folder(aside: Path, target: Path) -> None:
    """Give a finished folder its final name, in the same file system, after all that it holds is on the disk.

    Raises:
        OSError: If ``target`` exists and holds anything, or the disk fails; ``target`` is then as before.
    """
    for path in aside.rglob("*"):
        if path.is_dir():
            sync_folder(path)
        else:
            _sync_file(path)
    sync_folder(aside)
    aside.rename(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: a rename lives in the folder, not in the file."""
    _sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def _sync_file(path: Path) -> None:
    _sync(path, os.O_RDONLY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
