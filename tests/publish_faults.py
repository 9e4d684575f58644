"""One publish in a process of its own, which is killed, or whose disk fails, at its Nth fsync or rename.

``python publish_faults.py FOLDER kill|eio|enospc|none N`` opens the data directory, brings a file and publishes it.
At the end it prints how many moments there were. Calls of Python are counted; those of SQLite are left to strace.
"""

import errno
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest_samples import DWARFS, open_workplace

from tutor.state.errors import StateError

COUNTED = ("fsync", "rename", "replace", "link", "mkdir")
ERRORS = {"eio": errno.EIO, "enospc": errno.ENOSPC}

calls = 0


def faulty(really: Callable[..., Any], how: str, at: int) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        global calls  # noqa: PLW0603  (a process of its own, for one count)
        calls += 1
        if calls == at and how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if calls == at and how in ERRORS:
            raise OSError(ERRORS[how], os.strerror(ERRORS[how]))
        return really(*arguments, **named)

    return call


def main(folder: Path, how: str, at: int) -> None:
    place = open_workplace(folder)
    for name in COUNTED:
        setattr(os, name, faulty(getattr(os, name), how, at))
    try:
        place.add(("dwarfs.md", DWARFS))
    except (OSError, StateError) as error:
        print(f"refused: {error}")  # noqa: T201
    print(calls)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
