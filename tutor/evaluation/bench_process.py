"""A fresh process that opens one index and answers: what it takes to start, what memory, and what an answer takes.

``measure_process`` starts it; ``python -m tutor.evaluation.bench_process`` is it. Only the standard library is imported
before the clock of imports runs.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tutor.evaluation.process_memory import Memory, memory_of, peak_mb

TOP_K = 10
_LONGEST_S = 1800  # half a million chunks on a busy machine


@dataclass(frozen=True, slots=True)
class Step:
    """One step of starting: how long, and what the process had in memory afterwards."""

    name: str
    seconds: float
    memory: Memory


@dataclass(frozen=True, slots=True)
class Recall:
    """Of the ten nearest chunks by exact search, how many are among the candidates that are ranked."""

    n: int  # questions
    mean: float
    worst: float


@dataclass(frozen=True, slots=True)
class ProcessFigures:
    """One index in one process."""

    n_chunks: int
    steps: tuple[Step, ...]  # interpreter, imports, model, index, tutor, first ask
    ready_s: float  # from the start of the process until the first question can be asked
    settled: Memory  # after all questions
    peak_mb: float
    ask_ms: dict[str, tuple[float, float]]  # by stage and in total: p50, p95
    per_s: float  # eight askers
    recall_on_topic: Recall | None
    recall_off_topic: Recall | None

    def mb_per_100k_chunks(self) -> float:
        """What the index and all that is made of it take, without the program and the model."""
        before = next(step.memory.pss_mb for step in self.steps if step.name == "model")
        return round((self.settled.pss_mb - before) * 100_000 / self.n_chunks, 1)


def measure_process(
    root: Path, course_id: str, asked: Sequence[str], off_topic: Sequence[str] = (), *, recall: bool = False
) -> ProcessFigures:
    """Open a course in a fresh process and ask it.

    Args:
        root: The index folder.
        course_id: Whose current generation.
        asked: Questions that are timed.
        off_topic: Questions that the course does not answer: timed, too, and their recall told apart.
        recall: Whether to compare the candidates with exact search, which reads every vector for every question.
    """
    # Imported here, for the child must not pay for them before its clock runs.
    from pydantic import TypeAdapter  # noqa: PLC0415

    from tutor.evaluation.errors import ProcessFailed  # noqa: PLC0415

    work = {"root": str(root), "course_id": course_id, "asked": list(asked), "off_topic": list(off_topic)}
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump({**work, "recall": recall, "started": time.monotonic()}, file)  # of this machine, not of this process
        file.flush()
        command = [sys.executable, "-m", "tutor.evaluation.bench_process", file.name]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST_S, check=False)  # noqa: S603
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise ProcessFailed(f"the process that opens {course_id} ended with {done.returncode}: {last[0]}")
    return TypeAdapter(ProcessFigures).validate_json(done.stdout.strip().splitlines()[-1])


class _Steps:
    """Writes down each step as it is done."""

    def __init__(self, started: float) -> None:
        self.done: list[Step] = []
        self._before = started

    def did(self, name: str) -> None:
        now = time.monotonic()
        self.done.append(Step(name, round(now - self._before, 3), memory_of("self")))
        self._before = time.monotonic()  # reading the memory is not part of the next step


def _main() -> None:
    work = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    steps = _Steps(work["started"])
    steps.did("interpreter")

    from index.generations import open_current  # noqa: PLC0415  (what is imported from here on is what is timed)
    from tutor.bootstrap import build_embedder  # noqa: PLC0415
    from tutor.evaluation.bench_load import measure_asks, recall_at  # noqa: PLC0415
    from tutor.settings import Settings  # noqa: PLC0415
    from tutor.tutor import Tutor  # noqa: PLC0415

    steps.did("imports")
    embedder = build_embedder(Settings.from_environment())
    steps.did("model")
    index = open_current(Path(work["root"]), work["course_id"], embedder)
    steps.did("index")
    tutor = Tutor(index)
    steps.did("tutor")
    ready_s = sum(step.seconds for step in steps.done)
    tutor.ask(work["asked"][0])
    steps.did("first ask")
    asked = [*work["asked"], *work["off_topic"]]
    ask_ms, per_s = measure_asks(tutor, asked)
    figures = ProcessFigures(
        n_chunks=len(index.chunks),
        steps=tuple(steps.done),
        ready_s=round(ready_s, 3),
        settled=memory_of("self"),
        peak_mb=peak_mb(),
        ask_ms=ask_ms,
        per_s=per_s,
        recall_on_topic=recall_at(TOP_K, index, embedder, work["asked"]) if work["recall"] else None,
        recall_off_topic=recall_at(TOP_K, index, embedder, work["off_topic"]) if work["recall"] else None,
    )
    found: dict[str, Any] = asdict(figures)
    print(json.dumps(found))  # noqa: T201  (its parent reads this)


if __name__ == "__main__":
    _main()
