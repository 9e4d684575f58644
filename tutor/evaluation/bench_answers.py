"""Speed of answering against the bare embedding of the question, which nobody can do without.

Both are measured in one run, in turns, so that a busy machine slows both alike and their ratio stays meaningful.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from index.protocols import Embedder
from tutor.evaluation.durations import Percentiles
from tutor.types import Answer

N_WARM_UP = 5
N_ROUNDS = 3

Work = Callable[[str], object]


class Asks(Protocol):
    """A tutor, as the benchmark sees one."""

    def ask(self, question: str) -> Answer:
        """Answer one question."""
        ...


@dataclass(frozen=True, slots=True)
class AnswerSpeed:
    """One asker at a time."""

    embedding: Percentiles
    ask: Percentiles
    ratio_p50: float  # ask's median by the embedding's median
    ratio_p95: float  # ask's 95th percentile by the embedding's
    stages: dict[str, Percentiles]  # of Answer.timing_ms


@dataclass(frozen=True, slots=True)
class Throughput:
    """Several askers, each asking again as soon as it is answered."""

    askers: int
    ask: Percentiles
    ask_per_s: float
    embedding: Percentiles
    embedding_per_s: float
    ratio: float  # of the throughputs: 1 when all else costs nothing
    p95_by_single_p50: float  # ask's 95th percentile by the median of a single asker


def measure_answers(tutor: Asks, embedder: Embedder, questions: Sequence[str]) -> AnswerSpeed:
    """Ask and embed every question, in turns; which goes first alternates, so that neither warms the caches."""
    for question in questions[:N_WARM_UP]:
        embedder.embed_query(question)
        tutor.ask(question)
    embedding: list[float] = []
    asking: list[float] = []
    stages: dict[str, list[float]] = {}

    def ask(question: str) -> None:
        for stage, duration_ms in tutor.ask(question).timing_ms.items():
            stages.setdefault(stage, []).append(duration_ms)

    for number, question in enumerate(questions):
        turns = [(embedder.embed_query, embedding), (ask, asking)]
        for work, durations_ms in turns if number % 2 else reversed(turns):
            durations_ms.append(_timed(work, question))
    embedded, asked = Percentiles.of(embedding), Percentiles.of(asking)
    return AnswerSpeed(
        embedded,
        asked,
        ratio_p50=_ratio(asked.p50_ms, embedded.p50_ms),
        ratio_p95=_ratio(asked.p95_ms, embedded.p95_ms),
        stages={stage: Percentiles.of(durations_ms) for stage, durations_ms in stages.items()},
    )


def measure_throughput(
    tutor: Asks, embedder: Embedder, questions: Sequence[str], askers: Sequence[int], *, at_once: int
) -> tuple[Throughput, ...]:
    """Let one and more askers at a time share the questions; embedding and asking take turns, round by round.

    As in the service, ``at_once`` questions are worked on at a time and the others wait in line, which counts.
    """
    measured: dict[tuple[int, str], list[tuple[float, list[float]]]] = {}
    for _ in range(N_ROUNDS):
        for n_askers in askers:
            for name, work in (("embedding", embedder.embed_query), ("ask", tutor.ask)):
                measured.setdefault((n_askers, name), []).append(share_out(work, questions, n_askers, at_once))
    single_p50_ms = _pool(measured[min(askers), "ask"]).p50_ms
    return tuple(
        _throughput(n_askers, measured[n_askers, "ask"], measured[n_askers, "embedding"], single_p50_ms)
        for n_askers in askers
    )


def _throughput(
    askers: int,
    asking: Sequence[tuple[float, list[float]]],
    embedding: Sequence[tuple[float, list[float]]],
    single_p50_ms: float,
) -> Throughput:
    ask, embed = _pool(asking), _pool(embedding)
    ask_per_s = ask.n / sum(seconds for seconds, _ in asking)
    embedding_per_s = embed.n / sum(seconds for seconds, _ in embedding)
    return Throughput(
        askers,
        ask,
        round(ask_per_s, 1),
        embed,
        round(embedding_per_s, 1),
        ratio=_ratio(ask_per_s, embedding_per_s),
        p95_by_single_p50=_ratio(ask.p95_ms, single_p50_ms),
    )


def share_out(work: Work, questions: Sequence[str], n_askers: int, at_once: int) -> tuple[float, list[float]]:
    """Seconds that ``n_askers`` together took, and the milliseconds that each question's asker waited."""
    start = time.perf_counter()
    with ThreadPoolExecutor(at_once) as workers, ThreadPoolExecutor(n_askers) as pool:

        def ask(question: str) -> None:
            workers.submit(work, question).result()

        durations_ms = list(pool.map(lambda question: _timed(ask, question), questions))
    return time.perf_counter() - start, durations_ms


def _timed(work: Work, question: str) -> float:
    start = time.perf_counter()
    work(question)
    return (time.perf_counter() - start) * 1000


def _pool(rounds: Sequence[tuple[float, list[float]]]) -> Percentiles:
    return Percentiles.of(list(chain.from_iterable(durations_ms for _, durations_ms in rounds)))


def _ratio(a: float, b: float) -> float:
    return round(a / b, 3) if b else 0.0
