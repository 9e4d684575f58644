"""How many of the nearest chunks a course's sketches find, against comparing with every vector.

``python -m tutor.evaluation.nearest_recall INDEX_FOLDER COURSE QUESTIONS ...``: each further folder holds a
``queries.jsonl``. Give questions on the course's topic and questions on others: those are the hard ones.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.candidates import best_places
from index.faiss_store import FaissStore
from index.generations import load, verify
from index.onnx_embedder import OnnxEmbedder
from index.types import Vector
from tutor.cli.console import out
from tutor.evaluation.bench_questions import evenly, read_bench_questions

_WANTED = 50  # the depth of a ranking, so what the store is asked for


@dataclass(frozen=True, slots=True)
class NearestRecall:
    """What is found of the exact nearest, on average over some queries, and how long that takes."""

    at_10: float
    at_40: float
    worst_at_10: float
    found_ms: float  # median
    exact_ms: float  # median


def nearest_recall(store: FaissStore, queries: Sequence[Vector]) -> NearestRecall:
    """Compare ``store.nearest`` with the inner products of all vectors."""
    shares: list[tuple[float, float]] = []
    times: list[tuple[float, float]] = []
    for query in queries:
        started = time.perf_counter()
        found = store.nearest(query, _WANTED)
        between = time.perf_counter()
        products = store.inner_products(query)
        times.append((between - started, time.perf_counter() - between))
        order = found[np.argsort(-products[found], kind="stable")]
        shares.append((_share(order[:10], products), _share(order[:40], products)))
    at_10, at_40 = np.mean(shares, axis=0)
    found_ms, exact_ms = np.median(times, axis=0) * 1000
    return NearestRecall(
        float(at_10), float(at_40), min(share for share, _ in shares), float(found_ms), float(exact_ms)
    )


def _share(found: np.ndarray, products: np.ndarray) -> float:
    n = min(len(found), len(products))
    return len(np.intersect1d(found, best_places(products, n))) / max(n, 1)


def main() -> None:
    """Print one line for each folder of questions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("course")
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--n", type=int, default=200, help="questions of each folder")
    given = parser.parse_args()
    embedder = OnnxEmbedder()
    manifest = verify(given.root, given.course, fingerprint=embedder.fingerprint)
    store = load(given.root, manifest).vectors
    for folder in given.questions:
        questions = read_bench_questions(folder / "queries.jsonl")
        found = nearest_recall(store, embedder.embed_queries(evenly(questions, min(given.n, len(questions)))))
        out.print(f"{folder.name}: {found}")


if __name__ == "__main__":
    main()
