"""What it costs to be seen: ``python tests/observing_cost.py 2>/dev/null`` asks with and without notes, by turns.

Asks go through a real service over HTTP, as a client's do, with the bundled course and model. About a minute; with
``PROMETHEUS_MULTIPROC_DIR`` set to an empty folder, as one of several workers.
"""

import os
import statistics
import tempfile
import time
from pathlib import Path

import httpx
from service_samples import make_sample, running

from tutor.bootstrap import BUNDLED_COURSE, open_parts
from tutor.logs import log_json_lines
from tutor.observing import asks
from tutor.observing.metrics import metrics
from tutor.settings import Settings

ROUNDS = 100
QUESTIONS = ("What is overfitting?", "CNN vs RNN", "What is a convolution?", "Who won the match?", "What is dropout?")
UNLIMITED = {"key_asks_per_minute": 0, "key_asks_per_day": 0, "course_asks_per_day": 0}


def main() -> None:
    """Measure, and print medians and their ratio."""
    folder = Path(tempfile.mkdtemp())
    sample = make_sample(folder, parts=open_parts(Settings(data_dir=folder)), **UNLIMITED)
    log_json_lines("INFO")
    noted, without = asks.note_answer, lambda *_: None
    taken: dict[bool, list[float]] = {True: [], False: []}
    headers = {"authorization": f"Bearer {sample.key}"}
    with running(sample.service) as origin, httpx.Client(base_url=origin, headers=headers, timeout=30) as http:
        for n in range(ROUNDS + 1):
            for question in QUESTIONS:
                for notes in (True, False) if n % 2 else (False, True):
                    asks.note_answer = noted if notes else without  # type: ignore[assignment]
                    start = time.perf_counter()
                    http.post(f"/api/v1/courses/{BUNDLED_COURSE}/ask", json={"question": question}).raise_for_status()
                    if n:  # the first round warms up
                        taken[notes].append((time.perf_counter() - start) * 1000)
    medians = {notes: statistics.median(each) for notes, each in taken.items()}
    start = time.perf_counter()
    for _ in range(10_000):
        metrics().asked("answered", "api", {"understand": 1, "retrieve": 1, "decide": 1, "compose": 1, "cite": 1}, 0.01)
    alone_us = (time.perf_counter() - start) * 100
    print(  # noqa: T201
        f"median of an ask with notes {medians[True]:.2f} ms, without {medians[False]:.2f} ms, "
        f"ratio {medians[True] / medians[False]:.3f}; counting alone {alone_us:.1f} us"
    )
    os._exit(0)  # the model's threads end with the process


if __name__ == "__main__":
    main()
