"""One system in a process of its own: ``python -m tutor.evaluation.peers.contestant WORK ...`` prints a line of JSON.

Started by ``tournament``, in the system's own virtual environment, with the tutor's source on the path and nothing of
it installed: only what runs there is imported here.
"""

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from tutor.evaluation.durations import Percentiles
from tutor.evaluation.peers.systems import Search, Vectors, load_system
from tutor.evaluation.peers.task import Passage, Task
from tutor.evaluation.process_memory import memory_of, peak_mb

TOP_K = 10
DEPTH = 50  # of the rankings that are judged, by documents: several chunks of one document count once
CLIENTS = 8
N_WARM_UP = 5
_PACKAGES = (
    "llama-index-core", "haystack-ai", "txtai", "sentence-transformers", "transformers", "torch", "onnxruntime",
    "faiss-cpu", "bm25s", "numpy", "course-tutor",
)  # fmt: skip

Json = dict[str, Any]
Build = Callable[[Sequence[Passage], Path, Vectors | None], None]


def main() -> None:
    """Do one piece of work and print what it took as the last line."""
    asked = _arguments().parse_args()
    task = Task.read(asked.task)
    started = time.perf_counter()
    system = load_system(asked.system, asked.runtime, task, asked.exported)
    load_s = time.perf_counter() - started
    found: Json = {"load_s": round(load_s, 3), "packages": _packages()}
    if asked.work == "build":
        found |= _build(system.build, task, asked.store, asked.limit)
    else:
        started = time.perf_counter()
        search = system.open(asked.store, asked.way)
        found["open_s"] = round(time.perf_counter() - started, 3)
        found |= _rank(search, task) if asked.work == "rank" else _serve(search, task, asked.limit)
    print(json.dumps(found))  # noqa: T201  (its parent reads this)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=("build", "serve", "rank"))
    parser.add_argument("--task", type=Path, required=True)
    parser.add_argument("--system", required=True)
    parser.add_argument("--runtime", required=True)
    parser.add_argument("--way", default="vector")
    parser.add_argument("--store", type=Path, help="where the index lies; without one it is thrown away")
    parser.add_argument("--exported", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=0, help="how many passages or questions; 0 for all")
    return parser


def _build(build: Build, task: Task, store: Path | None, limit: int) -> Json:
    passages, vectors = task.passages[: limit or None], None if store is None else np.load(task.vectors)
    with tempfile.TemporaryDirectory() as scratch:
        folder = store or Path(scratch)
        if store is not None:
            shutil.rmtree(store, ignore_errors=True)
            store.mkdir(parents=True)
        started = time.perf_counter()
        build(passages, folder, vectors)
        seconds = time.perf_counter() - started
        on_disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return {"n": len(passages), "index_s": seconds, "disk_mb": on_disk / 2**20, "peak_mb": peak_mb()}


def _rank(search: Search, task: Task) -> Json:
    document_of = {passage.passage_id: passage.document_id for passage in task.passages}
    rankings = {}
    for question in task.questions:
        found = (document_of[passage_id] for passage_id in search(question.text, DEPTH))
        rankings[question.question_id] = list(dict.fromkeys(found))
    return {"rankings": rankings}


def _serve(search: Search, task: Task, limit: int) -> Json:
    asked = [question.text for question in task.questions]
    step = max(1, len(asked) // limit) if limit else 1
    questions = asked[::step][: limit or None]
    for question in questions[:N_WARM_UP]:
        search(question, TOP_K)
    alone = Percentiles.of([_timed(search, question) for question in questions])
    # Some toolkits do better when only as many threads as cores are inside them; each is counted at its best.
    rates = [_rate(search, questions, at_once) for at_once in (CLIENTS, 2)]
    return {
        "p50_ms": alone.p50_ms,
        "p95_ms": alone.p95_ms,
        "n": alone.n,
        "per_s": max(rates),
        "rss_mb": memory_of("self").rss_mb,
        "peak_mb": peak_mb(),
    }


def _rate(search: Search, questions: Sequence[str], at_once: int) -> float:
    started = time.perf_counter()
    with ThreadPoolExecutor(at_once) as inside, ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(lambda question: len(inside.submit(search, question, TOP_K).result()), questions))
    return len(questions) / (time.perf_counter() - started)


def _timed(search: Search, question: str) -> float:
    started = time.perf_counter()
    search(question, TOP_K)
    return (time.perf_counter() - started) * 1000


def _packages() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


if __name__ == "__main__":
    main()
