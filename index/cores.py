"""How many cores this process may compute on, and with how many threads it should."""

import os
from pathlib import Path

_CGROUP_QUOTA = Path("/sys/fs/cgroup/cpu.max")  # "MICROSECONDS PERIOD" or "max PERIOD" (Linux, cgroup v2)


def usable_cores() -> int:
    """Cores that this process may use: those it may run on, and no more than its container's time is worth."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, _quota() or cores))


def usable_threads() -> int:
    """Threads to compute one thing with: as OMP_NUM_THREADS says, else one for each usable core."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, int(told)) if told.isdecimal() else usable_cores()


def _quota() -> int:
    """Whole cores that the container's share of time amounts to; 0 where it has no limit."""
    try:
        time, period = _CGROUP_QUOTA.read_text("utf-8").split()
        return max(1, int(time) // int(period)) if time != "max" else 0
    except (OSError, ValueError):  # no Linux, or another version of it
        return 0
