"""``course-tutor serve`` as whoever runs it has it: started, killed and started again on its own data directory.

Nothing here reaches into the process. What a test knows of it comes by HTTP, by signals and from ``/proc``.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tutor.permissions import ADMIN, Permission
from tutor.state import keys
from tutor.state.opening import open_database

COURSE_TUTOR = Path(sys.executable).with_name("course-tutor")
N_WORKERS = int(os.environ.get("TUTOR_TEST_WORKERS", "1"))  # processes of `serve --workers`
WORKER = b"tutor.serving.worker"  # in the command line of a worker
PATIENCE_S = 120.0  # with what should happen in seconds; a busy machine is no fault
READY_WITHIN_S = 60.0  # invariant I6
# The limits of a person would be what a fault test meets first.
UNCOUNTED = dict.fromkeys(
    (f"TUTOR_{name}" for name in ("KEY_ASKS_PER_MINUTE", "KEY_ASKS_PER_DAY", "COURSE_ASKS_PER_DAY")), "0"
)


def wait_until(holds: Callable[[], Any], what: str, within_s: float = PATIENCE_S) -> Any:
    """What ``holds`` gives once it gives something; fails with ``what`` when that takes too long."""
    give_up = time.monotonic() + within_s
    while not (found := holds()):
        if time.monotonic() > give_up:
            pytest.fail(f"{what}: not within {within_s:g} s")
        time.sleep(0.05)
    return found


@dataclass
class Instance:
    """One installation: a data directory, and a server on it for as long as it runs.

    Args:
        data_dir: Its state; made when missing.
        settings: Further ``TUTOR_*`` variables, or any other.
        before: What stands before the command, such as ``("strace", ...)``.
        options: Further options of ``serve``.
    """

    data_dir: Path
    settings: dict[str, str] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    n_workers: int = N_WORKERS
    origin: str = ""
    log: list[str] = field(default_factory=list)
    _process: "subprocess.Popen[str] | None" = None
    _collecting: threading.Thread | None = None

    def __post_init__(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.no_courses.mkdir(exist_ok=True)
        self.key = self.make_key(ADMIN)

    @property
    def no_courses(self) -> Path:
        """A folder of no courses, so that nothing is indexed at the start but what a test brings."""
        return self.data_dir / "no-courses"

    @property
    def environment(self) -> dict[str, str]:
        """Of the server and of commands beside it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TUTOR_")}
        own = {"TUTOR_DATA_DIR": str(self.data_dir), "TUTOR_COURSES_DIR": str(self.no_courses), **UNCOUNTED}
        return kept | own | self.settings

    @property
    def process(self) -> "subprocess.Popen[str]":
        """The process that ``serve`` is."""
        assert self._process is not None, "the server was not started"
        return self._process

    def make_key(self, permissions: frozenset[Permission], courses: Sequence[str] = ()) -> str:
        """A key for a program."""
        url = self.settings.get("TUTOR_DATABASE_URL", "")
        with closing(open_database(self.data_dir, url)) as database, database.writing() as connection:
            return keys.create(connection, "faults", permissions=permissions, courses=courses)[1]

    # --- its life ---------------------------------------------------------------------------------------------------

    def start(self, *, ready: bool = True) -> float:
        """Start the server; the seconds until it listened, or until it was ready."""
        started = time.monotonic()
        workers = ("--workers", str(self.n_workers)) if self.n_workers > 1 else ()
        command = [*self.before, str(COURSE_TUTOR), "serve", "--port", "0", *workers, *self.options]
        self._process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self.log = []
        self._collecting = threading.Thread(target=_collect, args=(self._process.stderr, self.log), daemon=True)
        self._collecting.start()
        address = re.search(r"http://[^/\s]+", self._process.stdout.readline())
        if not address:
            self._process.wait(timeout=PATIENCE_S)
            pytest.fail(f"serve did not start: {''.join(self.log)[-2000:]}")
        threading.Thread(target=self._process.stdout.read, daemon=True).start()
        self.origin = address[0]
        if ready:
            wait_until(self.is_ready, "the server is ready", PATIENCE_S)
        return time.monotonic() - started

    def is_ready(self) -> bool:
        """Whether it answers; an installation without a course is as ready as it can be."""
        assert self.process.poll() is None, f"the server has ended: {''.join(self.log)[-2000:]}"
        with suppress(httpx.TransportError), self.client(timeout=10) as http:
            return "still being loaded" not in (told := http.get("/readyz")).text and _ready(told)
        return False

    def reasons(self) -> list[str]:
        """Why it is not ready."""
        with self.client() as http:
            return list(http.get("/readyz").json()["reasons"])

    def kill(self) -> None:
        """``kill -9`` of every process of it, and proof that none is left."""
        family = self.family()
        for pid in (self.process.pid, *family):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._reap()
        wait_until(lambda: not [pid for pid in family if alive(pid)], "no process outlives the server", 15)

    def terminate(self) -> tuple[int, float]:
        """SIGTERM; the exit code and the seconds that the end took."""
        started = time.monotonic()
        self.process.terminate()
        code = self.process.wait(timeout=PATIENCE_S)
        took = time.monotonic() - started
        self._reap()
        return code, took

    def _reap(self) -> None:
        self.process.wait(timeout=PATIENCE_S)
        if self._collecting is not None:
            self._collecting.join(timeout=5)  # the last lines say how it ended
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                with suppress(ValueError, OSError):
                    stream.close()

    def close(self) -> None:
        """Whatever happened: nothing is left running."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    # --- seen from outside --------------------------------------------------------------------------------------------

    def client(self, *, key: str = "", timeout: float = 30.0) -> httpx.Client:
        """A program's connection, with every permission unless it has a key of its own."""
        headers = {"authorization": f"Bearer {key or self.key}"}
        return httpx.Client(base_url=self.origin, headers=headers, timeout=timeout)

    def run(self, *arguments: str, timeout_s: float = PATIENCE_S) -> "subprocess.CompletedProcess[str]":
        """A command of ``course-tutor`` beside the server."""
        command = [str(COURSE_TUTOR), *arguments]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=timeout_s, check=False
        )

    def doctor(self) -> list[dict[str, Any]]:
        """All that ``course-tutor doctor`` finds wrong; room on the disk is the machine's business."""
        ended = self.run("doctor", "--json")
        assert ended.returncode in (0, 1), ended.stderr
        found = json.loads(ended.stdout)
        return [finding for finding in found if not finding["healthy"] and finding["check"] != "disk"]

    def family(self) -> list[int]:
        """Every process that descends from the server, itself not."""
        found: list[int] = []
        waiting = [self.process.pid]
        while waiting:
            children = children_of(waiting.pop())
            found += children
            waiting += children
        return found

    def answering(self) -> list[int]:
        """The processes that answer: the server itself, or its workers, whose supervisor answers nobody."""
        if self.n_workers == 1:
            return [self.process.pid]
        return sorted(pid for pid in children_of(self.process.pid) if WORKER in _command_line(pid))

    def zombies(self) -> list[int]:
        """Descendants that ended and that nobody waited for."""
        return [pid for pid in self.family() if _status(pid).get("State", "").startswith("Z")]

    def memory_mb(self) -> float:
        """Resident memory of all its processes."""
        kilobytes = (_status(pid).get("VmRSS", "0 kB").split()[0] for pid in (self.process.pid, *self.family()))
        return sum(int(each) for each in kilobytes) / 1024


@contextmanager
def instance(data_dir: Path, **named: Any) -> Iterator[Instance]:
    """An installation that is gone from the process table at the end."""
    made = Instance(data_dir, **named)
    try:
        yield made
    finally:
        made.close()


def children_of(pid: int) -> list[int]:
    """The children of all threads of a process."""
    found: list[int] = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(child) for child in listed.read_text().split()]
    return found


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    return _status(pid).get("State", "Z")[:1] not in ("Z", "X")


def _command_line(pid: int) -> list[bytes]:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return []


def _status(pid: int) -> dict[str, str]:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _ready(told: httpx.Response) -> bool:
    return told.status_code == 200 or "there is no course yet" in told.text or "no files yet" in told.text


def _collect(stream: Any, lines: list[str]) -> None:
    with suppress(ValueError, OSError):  # closed under its reader's hands
        lines.extend(stream)
