"""``course-tutor bench``: how fast asking and indexing are, against what the encoder alone needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

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
from tutor.cli.bench_growth import growth
from tutor.cli.bench_output import MOST_ASKERS, AsJson, Into, Output, whole_numbers
from tutor.cli.bench_peers import peers
from tutor.cli.bench_serving import serving
from tutor.cli.console import errors_end_the_command, progress_bar
from tutor.errors import TutorError
from tutor.evaluation.bench_answers import measure_answers, measure_throughput
from tutor.evaluation.bench_indexing import measure_indexing
from tutor.evaluation.bench_process import measure_process
from tutor.evaluation.bench_questions import evenly, questions_about, read_bench_questions
from tutor.evaluation.bench_report import Bench, bench_figures, machine_lines
from tutor.evaluation.bench_runtimes import RuntimeSpeed, measure_runtimes
from tutor.evaluation.corpus_index import evaluation_root
from tutor.evaluation.machine import describe_machine
from tutor.settings import Settings
from tutor.tutor import Tutor


class Part(StrEnum):
    """What can be measured alone."""

    ASKING = "asking"
    THROUGHPUT = "throughput"
    INDEXING = "indexing"
    PROCESS = "process"


bench_app = typer.Typer(help="Measure speed and memory on this machine; nothing outside it is called.")
bench_app.command("growth")(growth)
bench_app.command("serving")(serving)
bench_app.command("peers")(peers)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the options asked for."""

    course: str | None
    asked: tuple[str, ...] | None  # None: make questions up
    n: int
    index_chunks: int
    askers: tuple[int, ...]
    parts: frozenset[Part]
    runtimes: bool


@bench_app.callback(invoke_without_command=True)
def bench(  # noqa: PLR0913, PLR0917  (options of a command line)
    context: typer.Context,
    course: Annotated[
        str | None, typer.Option(help="Course folder, or id of an indexed course; default: the bundled course.")
    ] = None,
    queries: Annotated[
        Path | None, typer.Option(help="Questions to ask: .jsonl with a text a line, or plain lines; default: made up.")
    ] = None,
    as_json: AsJson = False,
    into: Into = None,
    n: Annotated[int, typer.Option("-n", "--number", min=10, help="How many questions.")] = 200,
    index_chunks: Annotated[int, typer.Option(min=1, help="About how many chunks to index when timing that.")] = 1000,
    askers: Annotated[str, typer.Option(help="How many ask at once, in turns.")] = "1,2,4,8,16",
    part: Annotated[
        list[Part] | None, typer.Option(help="Only this part; may be given again. process: start-up and memory.")
    ] = None,
    runtimes: Annotated[
        bool, typer.Option("--runtimes", help="Compare ONNX Runtime with torch by the bundled model, too.")
    ] = False,
) -> None:
    """Measure asking and indexing against the bare encoder, in one run, in turns, on this machine.

    Nothing outside this machine is called. A busy machine shows in the load average that is printed along.
    """
    if context.invoked_subcommand is not None:
        return
    at_once = whole_numbers(askers, most=MOST_ASKERS)
    output = Output("bench", as_json, into)
    with errors_end_the_command():
        output.check()
        settings = Settings.from_environment()
        asked = read_bench_questions(queries) if queries is not None else None
        plan = _Plan(course, asked, n, index_chunks, at_once, frozenset(part or Part), runtimes)
        with progress_bar() as report:
            measured = _measure(plan, settings, report)
    about = f"{measured.course_id}: {measured.n_chunks} chunks, {measured.n_questions} questions"
    output.show(measured, f"{about}\n{machine_lines(measured.machine)}", bench_figures(measured))


def _measure(plan: _Plan, settings: Settings, report: Progress) -> Bench:
    machine = describe_machine()
    embedder = build_embedder(settings)
    root, course_id = _course(settings, plan.course, embedder, report)
    index = open_current(root, course_id, embedder, reranker=build_reranker(settings))
    tutor = Tutor(index, max_question_chars=settings.max_question_chars)
    questions = evenly(plan.asked or questions_about(tutor.index), plan.n)
    n_steps = len(plan.parts) + plan.runtimes
    steps = iter(range(1, n_steps + 1))

    def wanted(part: Part) -> bool:
        if part in plan.parts:
            report("measuring", next(steps) - 1, n_steps)
        return part in plan.parts

    at_once = settings.max_concurrent_asks
    measured = Bench(
        course_id=course_id,
        generation=index.generation,
        n_chunks=len(index.chunks),
        n_questions=plan.n,
        machine=machine,
        answers=measure_answers(tutor, embedder, questions) if wanted(Part.ASKING) else None,
        throughput=measure_throughput(tutor, embedder, questions, plan.askers, at_once=at_once)
        if wanted(Part.THROUGHPUT)
        else (),
        indexing=measure_indexing(index, embedder, plan.index_chunks) if wanted(Part.INDEXING) else None,
        process=measure_process(root, course_id, questions) if wanted(Part.PROCESS) else None,
        runtimes=_compare_runtimes(tutor, questions, plan.index_chunks) if plan.runtimes else (),
    )
    report("measuring", n_steps, n_steps)
    return measured


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
