"""Speed as tables for people. Nothing is measured here."""

from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tutor.evaluation.bench_answers import AnswerSpeed, Throughput
from tutor.evaluation.bench_indexing import IndexingSpeed, StartUp
from tutor.evaluation.bench_runtimes import RuntimeSpeed
from tutor.evaluation.machine import Machine


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that one run of the benchmark measured."""

    course_id: str
    generation: str
    n_chunks: int
    n_questions: int
    machine: Machine
    answers: AnswerSpeed
    throughput: tuple[Throughput, ...]
    indexing: IndexingSpeed
    start_up: StartUp
    runtimes: tuple[RuntimeSpeed, ...] = ()  # where a comparison was asked for


def bench_report(bench: Bench) -> RenderableType:
    """The machine, then answering, throughput, indexing and start-up."""
    machine = bench.machine
    packages = ", ".join(f"{name} {version}" for name, version in machine.packages.items())
    heading = f"{bench.course_id}: {bench.n_chunks} chunks, {bench.n_questions} questions"
    return Group(
        Text(heading, style="bold"),
        Text(f"{machine.processor}, {machine.cores} cores, load {machine.load_average} before measuring", style="dim"),
        Text(f"{machine.system}, Python {machine.python}, {packages}", style="dim"),
        Text(),
        _answers_table(bench.answers),
        Text(),
        _throughput_table(bench.throughput),
        Text(),
        _indexing_table(bench.indexing, bench.start_up),
        *((Text(), _runtimes_table(bench.runtimes)) if bench.runtimes else ()),
    )


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for number, name in enumerate(names):
        table.add_column(name, justify="right" if number else "left")
    return table


def _answers_table(speed: AnswerSpeed) -> Table:
    table = _table("One asker, warm", "p50 ms", "p95 ms")
    table.add_row("embedding the question alone", f"{speed.embedding.p50_ms:.2f}", f"{speed.embedding.p95_ms:.2f}")
    table.add_row("ask", f"{speed.ask.p50_ms:.2f}", f"{speed.ask.p95_ms:.2f}", style="bold")
    table.add_row("ask, times the embedding", f"{speed.ratio_p50:.2f}x", f"{speed.ratio_p95:.2f}x")
    for stage, found in speed.stages.items():
        table.add_row(f"  {stage}", f"{found.p50_ms:.2f}", f"{found.p95_ms:.2f}", style="dim")
    return table


def _throughput_table(measured: tuple[Throughput, ...]) -> Table:
    table = _table("Askers at once", "asks/s", "embeddings/s", "ratio", "ask p50 ms", "ask p95 ms", "p95 / single p50")
    for found in measured:
        table.add_row(
            str(found.askers),
            f"{found.ask_per_s:.1f}",
            f"{found.embedding_per_s:.1f}",
            f"{found.ratio:.2f}",
            f"{found.ask.p50_ms:.2f}",
            f"{found.ask.p95_ms:.2f}",
            f"{found.p95_by_single_p50:.1f}x",
        )
    return table


def _indexing_table(indexing: IndexingSpeed, start_up: StartUp) -> Table:
    table = _table("Indexing and start-up", "")
    table.add_row(f"indexing {indexing.n_chunks} chunks", f"{indexing.index_per_s:.1f} chunks/s")
    table.add_row("the encoder alone, same texts", f"{indexing.encoder_per_s:.1f} chunks/s")
    table.add_row("indexing by the encoder", f"{indexing.ratio:.2f}")
    table.add_row("load the model", f"{start_up.load_model_s:.2f} s")
    table.add_row("verify and open the index", f"{start_up.open_and_verify_s:.2f} s")
    table.add_row("prepare the tutor", f"{start_up.prepare_tutor_s:.2f} s")
    return table


def _runtimes_table(measured: tuple[RuntimeSpeed, ...]) -> Table:
    table = _table("Embedding by", "query p50 ms", "p95 ms", "times the first", "passages/s", "least cosine")
    for found in measured:
        table.add_row(
            found.name,
            f"{found.query.p50_ms:.2f}",
            f"{found.query.p95_ms:.2f}",
            f"{found.query_ratio:.2f}x",
            f"{found.passages_per_s:.1f}",
            f"{found.least_cosine:.6f}",
        )
    return table
