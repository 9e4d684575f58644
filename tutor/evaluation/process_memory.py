"""Memory of a process as Linux counts it. Elsewhere there is nothing to read, and the figures are 0."""

import resource
import sys
from dataclasses import dataclass
from pathlib import Path

_KIB_PER_MIB = 1024


@dataclass(frozen=True, slots=True)
class Memory:
    """MiB of one process or of several together."""

    rss_mb: float  # resident; what several processes share is counted in each
    pss_mb: float  # resident; what n processes share is counted as an n-th in each
    private_mb: float  # its own alone, not shared and not the page cache's

    def __add__(self, other: "Memory") -> "Memory":
        """Of both together."""
        return Memory(
            round(self.rss_mb + other.rss_mb, 1),
            round(self.pss_mb + other.pss_mb, 1),
            round(self.private_mb + other.private_mb, 1),
        )

    def __sub__(self, other: "Memory") -> "Memory":
        """What came on top of another moment."""
        return self + Memory(-other.rss_mb, -other.pss_mb, -other.private_mb)


def memory_of(process: int | str) -> Memory:
    """Memory of a process now, by its number, or of this one: "self"."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
    except OSError:  # not Linux, or the process has ended
        return Memory(0.0, 0.0, 0.0)
    kib = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in text.splitlines()[1:])}
    private = kib.get("Private_Clean", 0) + kib.get("Private_Dirty", 0)
    return Memory(*(round(value / _KIB_PER_MIB, 1) for value in (kib["Rss"], kib["Pss"], private)))


def memory_of_tree(process: int) -> Memory:
    """Memory of a process and of all that it has started."""
    total = memory_of(process)
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = task.read_text("ascii").split()
        except OSError:
            continue
        for child in children:
            total += memory_of_tree(int(child))
    return total


def peak_mb() -> float:
    """The most that this process has had resident so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (_KIB_PER_MIB if sys.platform != "darwin" else _KIB_PER_MIB**2), 1)
