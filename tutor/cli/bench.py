"""``course-tutor bench``: how fast asking and indexing are, against what the encoder alone needs."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter

from corpus.chunking import embedding_text
from corpus.course_folder import read_course
from index.builder import build_generation
from index.generations import open_current
from index.protocols import Embedder, Progress
from tutor.bootstrap import (
    build_embedder,
    build_reranker,
    bundled_course_folders,
    bundled_model_runtimes,
    index_root,
)
from tutor.cli.console import errors_end_the_command, out, progress_bar
from tutor.errors import TutorError
from tutor.evaluation.bench_answers import measure_answers, measure_throughput
from tutor.evaluation.bench_indexing import measure_indexing, measure_start_up
from tutor.evaluation.bench_questions import evenly, questions_about, read_bench_questions
from tutor.evaluation.bench_report import Bench, bench_report
from tutor.evaluation.bench_runtimes import RuntimeSpeed, measure_runtimes
from tutor.evaluation.corpus_index import evaluation_root
from tutor.evaluation.machine import describe_machine
from tutor.settings import Settings
from tutor.tutor import Tutor

_N_STEPS = 5


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the options asked for."""

    course: str | None
    asked: tuple[str, ...] | None  # None: make questions up
    n: int
    index_chunks: int
    askers: int
    runtimes: bool


def bench(  # noqa: PLR0913, PLR0917  (options of a command line)
    course: Annotated[
        str | None, typer.Option(help="Course folder, or id of an indexed course; default: the bundled course.")
    ] = None,
    queries: Annotated[
        Path | None, typer.Option(help="Questions to ask: .jsonl with a text a line, or plain lines; default: made up.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the measurements as JSON.")] = False,
    n: Annotated[int, typer.Option("-n", "--number", min=10, help="How many questions.")] = 200,
    index_chunks: Annotated[int, typer.Option(min=1, help="About how many chunks to index when timing that.")] = 1000,
    askers: Annotated[int, typer.Option(min=2, max=64, help="Askers at once, compared with a single one.")] = 8,
    runtimes: Annotated[
        bool, typer.Option("--runtimes", help="Compare ONNX Runtime with torch by the bundled model, too.")
    ] = False,
) -> None:
    """Measure asking and indexing against the bare encoder, in one run, in turns, on this machine.

    Nothing outside this machine is called. A busy machine shows in the load average that is printed along.
    """
    with errors_end_the_command():
        settings = Settings.from_environment()
        asked = read_bench_questions(queries) if queries is not None else None
        plan = _Plan(course, asked, n, index_chunks, askers, runtimes)
        with progress_bar() as report:
            measured = _measure(plan, settings, report)
    if as_json:
        typer.echo(TypeAdapter(Bench).dump_json(measured, indent=2).decode())
    else:
        out.print(bench_report(measured))


def _measure(plan: _Plan, settings: Settings, report: Progress) -> Bench:
    machine = describe_machine()
    start = time.perf_counter()
    embedder = build_embedder(settings)
    load_model_s = time.perf_counter() - start
    root, course_id = _course(settings, plan.course, embedder, report)
    index = open_current(root, course_id, embedder, reranker=build_reranker(settings))
    tutor = Tutor(index, max_question_chars=settings.max_question_chars)
    questions = evenly(plan.asked or questions_about(tutor.index), plan.n)
    report("measuring", 0, _N_STEPS)
    answers = measure_answers(tutor, embedder, questions)
    report("measuring", 1, _N_STEPS)
    throughput = measure_throughput(tutor, embedder, questions, (1, plan.askers), at_once=settings.max_concurrent_asks)
    report("measuring", 2, _N_STEPS)
    indexing = measure_indexing(tutor.index, embedder, plan.index_chunks)
    report("measuring", 3, _N_STEPS)
    start_up = measure_start_up(root, course_id, embedder, load_model_s)
    report("measuring", 4, _N_STEPS)
    runtimes = _compare_runtimes(tutor, questions, plan.index_chunks) if plan.runtimes else ()
    report("measuring", _N_STEPS, _N_STEPS)
    return Bench(
        course_id=course_id,
        generation=tutor.index.generation,
        n_chunks=len(tutor.index.chunks),
        n_questions=plan.n,
        machine=machine,
        answers=answers,
        throughput=throughput,
        indexing=indexing,
        start_up=start_up,
        runtimes=runtimes,
    )


def _compare_runtimes(tutor: Tutor, questions: Sequence[str], max_passages: int) -> tuple[RuntimeSpeed, ...]:
    texts = dict.fromkeys(embedding_text(chunk) for chunk in evenly(tutor.index.chunks, max_passages))
    return measure_runtimes(bundled_model_runtimes(), questions, list(texts))


def _course(settings: Settings, course: str | None, embedder: Embedder, report: Progress) -> tuple[Path, str]:
    """The index root and the id of the course to measure on; a folder is indexed beside the served courses."""
    if course is not None and not Path(course).is_dir():
        return index_root(settings), course
    folders = [Path(course)] if course is not None else bundled_course_folders(settings)
    if not folders:
        raise TutorError("there is no course to measure on; name one with --course")
    found = read_course(folders[0])
    root = evaluation_root(settings.data_dir)
    build_generation(found, embedder, root, progress=report)
    return root, found.course_id
