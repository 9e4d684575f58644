"""The invariants that every fault is held against, each as what is wrong: an empty list is what is wanted.

I1 no acknowledged write is lost; I2 each answer comes from one generation, in which its citations resolve; I3 answers
keep coming; I4 no text of another course; I5 nothing is silently wrong; I6 ready again by itself; I7 nothing is left
over. I1 to I4 are what an oracle notes while it works and finds when it reads again.
"""

from collections.abc import Sequence
from pathlib import Path

from instance import READY_WITHIN_S, Instance, wait_until
from oracle import Oracle


def acknowledged_is_kept(oracles: Sequence[Oracle]) -> list[str]:
    """I1, I2, I4, and I3 for what was asked."""
    return [wrong for oracle in oracles for wrong in oracle.verify()]


def nothing_is_silently_wrong(instance: Instance) -> list[str]:
    """I5: the doctor, who reads everything, finds nothing; or what it says."""
    return [f"doctor: {finding['check']} {finding['course_id']}: {finding['detail']}" for finding in instance.doctor()]


def ready_again(instance: Instance, within_s: float = READY_WITHIN_S) -> None:
    """I6."""
    wait_until(instance.is_ready, "ready again after the fault", within_s)


def left_over(instance: Instance) -> list[str]:
    """I7: half-written files, half-built indexes, children that nobody waited for. For when nothing is being done."""
    data = instance.data_dir
    places = [*data.glob("uploads/*"), *data.glob("index/*/.building-*"), *data.glob("index/*/.*tmp*"),
              *data.glob("blobs/.*"), *data.glob(".restoring-*")]  # fmt: skip
    files = [f"left over: {path.relative_to(data)}" for path in places]
    return files + [f"process {pid} ended and nobody waited for it" for pid in instance.zombies()]


def all_hold(instance: Instance, oracles: Sequence[Oracle], *, thorough: bool = False) -> list[str]:
    """Every invariant, of a service that runs and has nothing to do; ``thorough`` has the doctor read all of it."""
    ready_again(instance)
    wrong = acknowledged_is_kept(oracles)
    wrong += [f"{file} is not empty" for file in _locks_of_the_dead(instance)]
    wrong += left_over(instance)
    return wrong + (nothing_is_silently_wrong(instance) if thorough else [])


def _locks_of_the_dead(instance: Instance) -> list[Path]:
    """Lock files that name a process which is gone; the kernel's locks themselves die with their holder."""
    lock = instance.data_dir / ".server-lock"
    return [] if f'"pid": {instance.process.pid}' in lock.read_text() else [lock]
