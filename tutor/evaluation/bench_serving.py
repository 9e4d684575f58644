"""A served process under load: when it is ready, answers a second by how many ask at once, and its memory."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from index.protocols import Progress
from tutor.evaluation.durations import Percentiles
from tutor.evaluation.errors import EvaluationError
from tutor.evaluation.machine import Machine
from tutor.evaluation.process_memory import Memory

_READY_WITHIN_S = 300.0  # the first time, the bundled course is indexed
_POLL_S = 0.02  # what a start-up time is exact to
_WITHIN_S = 60.0  # an answer under load, waiting included
_ENOUGH_IN_A_ROW = 8  # connections for each worker that found one ready: then all of them are, as good as surely
N_WARM_UP = 20
# One address asks for all: what a learner may ask in a minute is not what is measured.
_NO_ALLOWANCES = {
    f"TUTOR_{name}": "0"
    for name in (
        "ASKS_PER_MINUTE", "ASKS_PER_DAY", "KEY_ASKS_PER_MINUTE", "KEY_ASKS_PER_DAY", "ADDRESS_ASKS_PER_MINUTE",
        "COURSE_ASKS_PER_DAY",
    )
}  # fmt: skip


class ServiceNotReady(EvaluationError):
    """The served process did not start, or an ask was not answered."""


@dataclass(frozen=True, slots=True)
class Address:
    """A course of a running service, and the key that lets one ask; empty where it is open."""

    url: str
    course_id: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """So many askers, each asking again as soon as it is answered."""

    askers: int
    per_s: float  # answered
    p50_ms: float
    p95_ms: float
    refused: int  # 429 or 503: asked too much at once


@dataclass(frozen=True, slots=True)
class ServedBy:
    """One way to serve."""

    name: str
    ready_s: float  # from the start of the process until /readyz says so; 0 where it ran already
    memory: Memory | None  # of all its processes, after the load
    loads: tuple[Load, ...]


@contextmanager
def serving(data_dir: Path, workers: int = 1) -> Iterator[tuple[str, int, float]]:
    """``course-tutor serve --open`` on a free port: its address, its process and the seconds until it was ready."""
    command = [str(Path(sys.executable).with_name("course-tutor")), "serve", "--port", "0", "--open"]
    if workers > 1:
        command += ["--workers", str(workers)]
    environment = {**os.environ, **_NO_ALLOWANCES, "TUTOR_DATA_DIR": str(data_dir), "TUTOR_LOG_LEVEL": "WARNING"}
    started = time.perf_counter()
    with subprocess.Popen(  # noqa: S603  (our own command)
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        if process.stdout is None:
            raise AssertionError("it was asked for")
        found = re.search(r"http://[^/\s]+", process.stdout.readline())
        threading.Thread(target=process.stdout.read, daemon=True).start()  # or it would stop when the pipe is full
        try:
            if found is None:
                raise ServiceNotReady(f"{' '.join(command)} printed no address")
            ready_s = _wait_until_ready(found[0], started, in_a_row=1)
            _wait_until_ready(found[0], started, in_a_row=_ENOUGH_IN_A_ROW * workers)
            yield found[0], process.pid, ready_s
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def measure_served(
    service: Address, questions: Sequence[str], askers: Sequence[int], report: Progress
) -> tuple[Load, ...]:
    """Ask over HTTP, with one asker and with more at once; the same questions each time."""
    _ask_all(service, questions[:N_WARM_UP], 1)
    loads = []
    for done, at_once in enumerate(askers, start=1):
        loads.append(_ask_all(service, questions, at_once))
        report(f"asking {service.url}", done, len(askers))
    return tuple(loads)


def _ask_all(service: Address, questions: Sequence[str], askers: int) -> Load:
    path = f"/api/v1/courses/{service.course_id}/ask"
    headers = {"Authorization": f"Bearer {service.key}"} if service.key else {}
    limits = httpx.Limits(max_connections=askers, max_keepalive_connections=askers)
    with (
        httpx.Client(base_url=service.url, headers=headers, timeout=_WITHIN_S, limits=limits) as client,
        ThreadPoolExecutor(askers) as pool,
    ):

        def ask(question: str) -> tuple[int, float]:
            started = time.perf_counter()
            status = client.post(path, json={"question": question}).status_code
            return status, (time.perf_counter() - started) * 1000

        started = time.perf_counter()
        answered = list(pool.map(ask, questions))
        seconds = time.perf_counter() - started
    refused = sum(status in {429, 503} for status, _ in answered)
    durations_ms = [duration_ms for status, duration_ms in answered if status == 200]
    if len(durations_ms) + refused < len(answered) or not durations_ms:
        statuses = sorted({status for status, _ in answered})
        raise ServiceNotReady(f"{service.url}{path} answered {statuses} to {len(questions)} questions")
    found = Percentiles.of(durations_ms)
    return Load(askers, round(len(durations_ms) / seconds, 1), found.p50_ms, found.p95_ms, refused)


def _wait_until_ready(address: str, started: float, *, in_a_row: int) -> float:
    """Seconds from the start until so many connections in a row met a worker that is ready; any of them may answer."""
    pause = threading.Event()
    met = 0
    while time.perf_counter() - started < _READY_WITHIN_S:
        with httpx.Client(timeout=5, transport=httpx.HTTPTransport(retries=5)) as client:
            met = met + 1 if client.get(f"{address}/readyz").status_code == 200 else 0
        if met >= in_a_row:
            return time.perf_counter() - started
        if not met:
            pause.wait(_POLL_S)
    raise ServiceNotReady(f"{address} was not ready within {_READY_WITHIN_S:g} s")


@dataclass(frozen=True, slots=True)
class Served:
    """Everything that one run measured over HTTP."""

    machine: Machine
    n_questions: int  # for each number of askers
    served: tuple[ServedBy, ...]
