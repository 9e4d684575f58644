"""A service whose answers wait until a test lets them go, and what asks it."""

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from service_samples import Sample, make_library, make_sample

from tutor.api.work import QUEUED_PER_THREAD
from tutor.library import Library
from tutor.observing.metrics import metrics
from tutor.records.asking import Asking

STARS = "stars"
ASK, CELLS = f"/api/v1/courses/{STARS}/ask", "/api/v1/courses/cells/ask"


class Held:
    """A library whose answers wait until they are released."""

    def __init__(self, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
        self.library = library
        self.begun = threading.Semaphore(0)
        self.release = threading.Event()
        answer = Asking.ask

        def waiting(asking: Asking, *arguments: Any, **named: Any) -> Any:
            self.begun.release()
            assert self.release.wait(20), "nobody released the answers"
            return answer(asking, *arguments, **named)

        monkeypatch.setattr(Asking, "ask", waiting)


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    holding = Held(make_library(tmp_path), monkeypatch)
    yield holding
    holding.release.set()


@pytest.fixture
def sample(held: Held, tmp_path: Path) -> Sample:
    # Uncounted, so that questions are queued in the order in which they are sent.
    uncounted = dict.fromkeys(("key_asks_per_minute", "key_asks_per_day", "course_asks_per_day"), 0)
    return make_sample(tmp_path, library=held.library, max_concurrent_asks=1, **uncounted)


def ask(http: httpx.AsyncClient, path: str = ASK) -> "asyncio.Task[httpx.Response]":
    return asyncio.ensure_future(http.post(path, json={"question": "What is a nebula?"}))


def n_waiting() -> float:
    return metrics().registry.get_sample_value("course_tutor_work_waiting") or 0.0


async def full_line(others: float) -> None:
    """Wait until the line of one thread is full.

    Args:
        others: How many ``n_waiting`` counted before, of other services in this process.
    """
    give_up = time.monotonic() + 10
    for _ in iter(lambda: n_waiting() - others < QUEUED_PER_THREAD, False):
        assert time.monotonic() < give_up, "the line is not full"
        await asyncio.sleep(0.001)


async def begun(held: Held) -> None:
    assert await asyncio.to_thread(held.begun.acquire, timeout=10), "no answer was begun"
