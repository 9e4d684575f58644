"""What a freshly opened course is asked: one by one, by eight at a time, and against exact search."""

from collections.abc import Sequence
from statistics import fmean

import numpy as np

from index.course_index import CourseIndex
from index.protocols import Embedder
from index.types import Matrix
from tutor.evaluation.bench_answers import Asks, share_out
from tutor.evaluation.bench_process import Recall
from tutor.evaluation.durations import Percentiles

ASKERS = 8
AT_ONCE = 2  # as the service does on two cores
_BLOCK = 50_000  # vectors compared at a time: 77 MB of 384 dimensions


def measure_asks(tutor: Asks, questions: Sequence[str]) -> tuple[dict[str, tuple[float, float]], float]:
    """Median and 95th percentile of every stage in milliseconds, and the asks a second of eight askers."""
    stages: dict[str, list[float]] = {}
    for question in questions:
        for stage, duration_ms in tutor.ask(question).timing_ms.items():
            stages.setdefault(stage, []).append(duration_ms)
    seconds, _ = share_out(tutor.ask, questions, ASKERS, AT_ONCE)
    summed = {stage: Percentiles.of(durations_ms) for stage, durations_ms in stages.items()}
    return {name: (found.p50_ms, found.p95_ms) for name, found in summed.items()}, round(len(questions) / seconds, 1)


def recall_at(k: int, index: CourseIndex, embedder: Embedder, questions: Sequence[str]) -> Recall | None:
    """Share of the exact nearest ``k`` that are among the candidates; a chunk as near as the last of them counts."""
    if not questions:
        return None
    vectors = np.stack([embedder.embed_query(question) for question in questions])
    exact = _best(k, index, vectors)
    shares = []
    for question, vector, nearest in zip(questions, vectors, exact, strict=True):
        dense = np.sort(index.candidates(question, at_least=k, query_vector=vector).dense)[::-1][:k]
        # Rounding differs with the order of adding up; scores decide, so that equally near chunks are equally right.
        shares.append(float(np.mean(dense >= nearest[-1] - 1e-5)) * len(dense) / len(nearest))
    return Recall(len(shares), round(fmean(shares), 4), round(min(shares), 4))


def _best(k: int, index: CourseIndex, queries: Matrix) -> Matrix:
    """The ``k`` highest cosines of each query over all chunks, best first: (n_queries, k)."""
    best = np.full((len(queries), 0), -np.inf, dtype=np.float32)
    for start in range(0, len(index.chunks), _BLOCK):
        block = queries @ index.vectors_of(index.chunks[start : start + _BLOCK]).T
        best = -np.sort(-np.concatenate([best, block], axis=1), axis=1)[:, :k]
    return best
