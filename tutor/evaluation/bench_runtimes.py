"""Runtimes of one embedding model against each other: speed in turns, and whether their vectors agree."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.protocols import Embedder
from tutor.evaluation.durations import Percentiles

N_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class RuntimeSpeed:
    """One runtime, measured in the same turns as the others."""

    name: str
    query: Percentiles
    passages_per_s: float
    query_ratio: float  # its median by the first runtime's
    passages_ratio: float  # its rate by the first runtime's
    least_cosine: float  # with the first runtime's vector of the same text, over all queries and passages


@dataclass(frozen=True, slots=True)
class _Measured:
    queries_ms: list[float]
    passages_per_s: list[float]
    vectors: list[np.ndarray]


def measure_runtimes(
    runtimes: Mapping[str, Embedder], queries: Sequence[str], passages: Sequence[str]
) -> tuple[RuntimeSpeed, ...]:
    """Let every runtime embed the same texts; they take turns query by query, and then batch by batch."""
    measured = {name: _Measured([], [], []) for name in runtimes}
    for embedder in runtimes.values():
        embedder.embed_query(queries[0])
    for query in queries:
        for name, embedder in runtimes.items():
            start = time.perf_counter()
            vector = embedder.embed_query(query)
            measured[name].queries_ms.append((time.perf_counter() - start) * 1000)
            measured[name].vectors.append(vector)
    for _ in range(N_ROUNDS):
        for name, embedder in runtimes.items():
            start = time.perf_counter()
            matrix = embedder.embed_passages(passages)
            measured[name].passages_per_s.append(len(passages) / (time.perf_counter() - start))
            measured[name].vectors.extend(matrix)
    first = next(iter(measured.values()))
    return tuple(_speed(name, found, first) for name, found in measured.items())


def _speed(name: str, found: _Measured, first: _Measured) -> RuntimeSpeed:
    query = Percentiles.of(found.queries_ms)
    rate, first_rate = float(np.mean(found.passages_per_s)), float(np.mean(first.passages_per_s))
    cosines = np.einsum("ij,ij->i", np.array(found.vectors, np.float64), np.array(first.vectors, np.float64))
    return RuntimeSpeed(
        name,
        query,
        round(rate, 1),
        query_ratio=round(query.p50_ms / Percentiles.of(first.queries_ms).p50_ms, 3),
        passages_ratio=round(rate / first_rate, 3),
        least_cosine=round(float(cosines.min()), 6),
    )
