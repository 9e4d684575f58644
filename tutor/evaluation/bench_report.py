"""Speed as tables for people. Nothing is measured here."""

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.evaluation.bench_answers import AnswerSpeed, Throughput
from tutor.evaluation.bench_growth import Growth
from tutor.evaluation.bench_indexing import IndexingSpeed
from tutor.evaluation.bench_process import ProcessFigures, Recall
from tutor.evaluation.bench_runtimes import RuntimeSpeed
from tutor.evaluation.bench_serving import ServedBy
from tutor.evaluation.figures import Figures
from tutor.evaluation.machine import Machine

_ENOUGH_CHUNKS = 1_000  # below, what the first ask loads outweighs the course


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that one run of the benchmark measured; None where it was not asked for."""

    course_id: str
    generation: str
    n_chunks: int
    n_questions: int
    machine: Machine
    answers: AnswerSpeed | None = None
    throughput: tuple[Throughput, ...] = ()
    indexing: IndexingSpeed | None = None
    process: ProcessFigures | None = None
    runtimes: tuple[RuntimeSpeed, ...] = ()


def machine_lines(machine: Machine) -> str:
    """The machine in two lines."""
    packages = ", ".join(f"{name} {version}" for name, version in machine.packages.items())
    return (
        f"{machine.processor}, {machine.cores} cores, load {machine.load_average} before measuring\n"
        f"{machine.system}, Python {machine.python}, {packages}"
    )


def bench_figures(bench: Bench) -> tuple[Figures, ...]:
    """Answering, throughput, indexing, start-up and memory: what there is of them."""
    return (
        *((_answers(bench.answers),) if bench.answers else ()),
        *((_throughput(bench.throughput),) if bench.throughput else ()),
        *((_indexing(bench.indexing),) if bench.indexing else ()),
        *((_process(bench.process),) if bench.process else ()),
        *((_runtimes(bench.runtimes),) if bench.runtimes else ()),
    )


def growth_figures(growth: Growth) -> tuple[Figures, ...]:
    """A row for each size of the course."""
    columns = (
        "Chunks", "ask p50 ms", "p95 ms", "retrieve p50 ms", "asks/s, 8 askers", "open s", "ready s", "PSS MB",
        "MB per 100k", "recall@10", "off topic",
    )  # fmt: skip
    return (Figures(columns, [_size(found) for found in growth.sizes]),)


def serving_figures(served: Sequence[ServedBy]) -> tuple[Figures, ...]:
    """A row for each way to serve and number of askers, then start-up and memory."""
    loads = [
        (
            f"{each.name}, {load.askers} askers",
            f"{load.per_s:.0f}",
            _ms(load.p50_ms),
            _ms(load.p95_ms),
            str(load.refused),
        )
        for each in served
        for load in each.loads
    ]
    started = [
        (each.name, f"{each.ready_s:.1f}", *(f"{mb:.0f}" for mb in (each.memory.rss_mb, each.memory.pss_mb)))
        for each in served
        if each.memory
    ]
    return (
        Figures(("Over HTTP", "answers/s", "p50 ms", "p95 ms", "told to wait"), loads),
        *((Figures(("Served by", "ready s", "RSS MB", "PSS MB"), started),) if started else ()),
    )


def _answers(speed: AnswerSpeed) -> Figures:
    rows = [
        ("embedding the question alone", _ms(speed.embedding.p50_ms), _ms(speed.embedding.p95_ms)),
        ("ask", _ms(speed.ask.p50_ms), _ms(speed.ask.p95_ms)),
        ("ask, times the embedding", f"{speed.ratio_p50:.2f}x", f"{speed.ratio_p95:.2f}x"),
        *((f"  {stage}", _ms(found.p50_ms), _ms(found.p95_ms)) for stage, found in speed.stages.items()),
    ]
    return Figures(("One asker, warm", "p50 ms", "p95 ms"), rows)


def _throughput(measured: tuple[Throughput, ...]) -> Figures:
    columns = ("Askers at once", "asks/s", "embeddings/s", "ratio", "ask p50 ms", "ask p95 ms", "p95 / single p50")
    rows = [
        (
            str(found.askers),
            f"{found.ask_per_s:.1f}",
            f"{found.embedding_per_s:.1f}",
            f"{found.ratio:.2f}",
            _ms(found.ask.p50_ms),
            _ms(found.ask.p95_ms),
            f"{found.p95_by_single_p50:.1f}x",
        )
        for found in measured
    ]
    return Figures(columns, rows)


def _indexing(indexing: IndexingSpeed) -> Figures:
    rows = [
        (f"indexing {indexing.n_chunks} chunks", f"{indexing.index_per_s:.1f}"),
        ("the encoder alone, same texts", f"{indexing.encoder_per_s:.1f}"),
        ("indexing by the encoder", f"{indexing.ratio:.2f}"),
    ]
    return Figures(("Indexing", "chunks/s"), rows)


def _process(found: ProcessFigures) -> Figures:
    rows = [
        (step.name, f"{step.seconds:.2f}", f"{step.memory.rss_mb:.0f}", f"{step.memory.pss_mb:.0f}")
        for step in found.steps
    ]
    settled = found.settled
    rows += [
        ("ready to be asked", f"{found.ready_s:.2f}", "", ""),
        ("after all questions", "", f"{settled.rss_mb:.0f}", f"{settled.pss_mb:.0f}"),
    ]
    if found.n_chunks >= _ENOUGH_CHUNKS:
        rows.append(("for 100,000 chunks, model not counted", "", "", f"{found.mb_per_100k_chunks():.0f}"))
    return Figures(("A fresh process", "s", "RSS MB", "PSS MB"), rows)


def _size(found: ProcessFigures) -> tuple[str, ...]:
    opening = sum(step.seconds for step in found.steps if step.name in {"index", "tutor"})
    p50, p95 = found.ask_ms["total"]
    return (
        f"{found.n_chunks:,}",
        _ms(p50),
        _ms(p95),
        _ms(found.ask_ms["retrieve"][0]),
        f"{found.per_s:.0f}",
        f"{opening:.1f}",
        f"{found.ready_s:.1f}",
        f"{found.settled.pss_mb:,.0f}",
        f"{found.mb_per_100k_chunks():,.0f}",
        _recall(found.recall_on_topic),
        _recall(found.recall_off_topic),
    )


def _recall(recall: Recall | None) -> str:
    return f"{recall.mean:.3f}" if recall else "-"


def _ms(milliseconds: float) -> str:
    return f"{milliseconds:.2f}"


def _runtimes(measured: tuple[RuntimeSpeed, ...]) -> Figures:
    columns = ("Embedding by", "query p50 ms", "p95 ms", "times the first", "passages/s", "least cosine")
    rows = [
        (
            found.name,
            _ms(found.query.p50_ms),
            _ms(found.query.p95_ms),
            f"{found.query_ratio:.2f}x",
            f"{found.passages_per_s:.1f}",
            f"{found.least_cosine:.6f}",
        )
        for found in measured
    ]
    return Figures(columns, rows)
