"""What a machine must be able to do before a fault can be made on it. Where it cannot, the test is skipped, aloud."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from instance import N_WORKERS

LEVEL = os.environ.get("TUTOR_FAULTS", "")
FULL = LEVEL == "full"
# The rest takes minutes; what every run of the tests holds is F01, F04, F08, F10, F12 and F15, small.
only_on_demand = pytest.mark.skipif(
    LEVEL not in ("full", "short"), reason="takes long: make faults, or TUTOR_FAULTS=short for a small version"
)

one_process = pytest.mark.skipif(
    N_WORKERS > 1,
    reason="the fault is made on the process that was started, which with workers is their supervisor; "
    "test_f15_several_workers.py has theirs",
)


def command(*arguments: str) -> None:
    """Run it, or skip the test with what it said."""
    if shutil.which(arguments[0]) is None:
        pytest.skip(f"{arguments[0]} is not installed")
    ended = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if ended.returncode:
        pytest.skip(f"{' '.join(arguments)} is not possible here: {(ended.stderr or ended.stdout).strip()[-300:]}")


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system in memory, of a size."""
    folder.mkdir(parents=True)
    command("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def disk_of_its_own(folder: Path, megabytes: int) -> Iterator[Path]:
    """An ext4 file system in a file, which turns read-only at an error, and whose files can be made immutable."""
    folder.mkdir(parents=True)
    image = folder.with_suffix(".img")
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    command("mkfs.ext4", "-q", "-F", str(image))
    command("tune2fs", "-e", "remount-ro", str(image))
    command("mount", "-o", "loop", str(image), str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        image.unlink()


def turned_read_only(disk: Path) -> None:
    """As the kernel does it when it meets an error on a disk: at once, whoever has files open for writing."""
    switch = Path("/sys/fs/ext4", _device(disk).name, "trigger_fs_error")
    if not switch.exists():
        pytest.skip("the kernel here cannot be made to meet an error on a file system")
    switch.write_text("1")


def mended(disk: Path) -> None:
    """What an administrator does about it: unmount, check, mount again."""
    subprocess.run(["umount", str(disk)], check=True)
    image = disk.with_suffix(".img")
    checked = subprocess.run(["e2fsck", "-f", "-y", str(image)], capture_output=True, text=True, check=False)
    assert checked.returncode <= 1, checked.stdout  # 1: there was something to mend
    command("mount", "-o", "loop", str(image), str(disk))


def _device(disk: Path) -> Path:
    mounts = (line.split() for line in Path("/proc/mounts").read_text().splitlines())
    return next(Path(fields[0]) for fields in mounts if fields[1] == str(disk))


@contextmanager
def filled(disk: Path, *, but: int = 0) -> Iterator[None]:
    """A disk on which only ``but`` bytes are free."""
    filler = disk / "filler"
    room = os.statvfs(disk)
    with filler.open("wb") as file, suppress(OSError):
        os.posix_fallocate(file.fileno(), 0, max(1, room.f_bavail * room.f_frsize - but))
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def calls_that_fail(pids: Sequence[int], calls: Sequence[str], fault: str, log: Path) -> Iterator[None]:
    """System calls of running processes fail, or kill them, as ``fault`` says in the words of strace."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    names = ",".join(calls)
    arguments = [
        "strace",
        "-f",
        *(word for pid in pids for word in ("-p", str(pid))),
        "-o",
        str(log),
        "-e",
        f"trace={names}",
        "-e",
        f"inject={names}:{fault}",
    ]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) as strace:
        assert strace.stderr is not None
        for _ in pids:
            if "attached" not in (said := strace.stderr.readline()):
                strace.terminate()
                pytest.skip(f"strace cannot trace here: {said.strip()}")
        try:
            yield
        finally:
            strace.terminate()
            strace.stderr.read()


@contextmanager
def memory_limit(name: str) -> Iterator[Path]:
    """A memory control group, version 1 or 2; processes join it by its ``cgroup.procs``."""
    roots = [
        root for root in (Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")) if (root / "cgroup.procs").exists()
    ]
    if not roots:
        pytest.skip("there are no memory control groups here")
    group = roots[0] / name
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"no memory control group can be made here: {error}")
    try:
        if not any((group / file).exists() for file in ("memory.limit_in_bytes", "memory.max")):
            pytest.skip("control groups do not limit memory here")
        yield group
    finally:
        with suppress(OSError):
            group.rmdir()


def limit_to(group: Path, n_bytes: int) -> None:
    """Let the group have so much memory, swap included where that can be said."""
    for file in ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.max"):
        if (group / file).exists():
            (group / file).write_text(str(n_bytes))
