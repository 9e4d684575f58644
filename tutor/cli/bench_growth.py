"""``course-tutor bench growth``: what grows with the size of a course."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from index.course_index import CourseIndex
from index.protocols import Embedder, Progress
from tutor.bootstrap import build_embedder
from tutor.cli.bench_output import AsJson, Into, Output, Plots, whole_numbers
from tutor.cli.console import errors_end_the_command, progress_bar
from tutor.evaluation.beir_questions import read_question_set
from tutor.evaluation.bench_growth import SIZES, Growth, measure_growth
from tutor.evaluation.bench_plots import draw_growth
from tutor.evaluation.bench_questions import evenly
from tutor.evaluation.bench_report import growth_figures, machine_lines
from tutor.evaluation.corpus_index import evaluation_root, open_corpus_index
from tutor.settings import Settings

_MOST_CHUNKS = 5_000_000


def growth(
    folders: Annotated[
        list[Path], typer.Argument(help="Question sets whose corpora are grown; the first one's questions are asked.")
    ],
    sizes: Annotated[str, typer.Option(help="How many chunks, in turns.")] = ",".join(map(str, SIZES)),
    n: Annotated[
        int, typer.Option("-n", "--number", min=10, help="How many questions on the topic, and off it.")
    ] = 100,
    as_json: AsJson = False,
    into: Into = None,
    plots: Plots = None,
) -> None:
    """Measure asking, opening, memory and recall on courses of several sizes, each in a fresh process.

    The courses are made of the corpora without embedding anything, and kept for the next time: half a million chunks
    take minutes and 4 GB of memory to make.
    """
    chosen = whole_numbers(sizes, most=_MOST_CHUNKS)
    output = Output("bench growth", as_json, into, plots)
    with errors_end_the_command():
        output.check()
        settings = Settings.from_environment()
        with progress_bar() as report:
            measured = _measure(folders, chosen, n, settings, report)
        if plots is not None:
            draw_growth(measured, plots)
    about = f"grown from {', '.join(measured.grown_from)}; {measured.n_on_topic} questions on the topic, "
    about += f"{measured.n_off_topic} off it; ask p50 of the largest by the smallest: {measured.ask_p50_ratio():.2f}"
    output.show(measured, f"{about}\n{machine_lines(measured.machine)}", growth_figures(measured))


def _measure(folders: Sequence[Path], sizes: Sequence[int], n: int, settings: Settings, report: Progress) -> Growth:
    questions = read_question_set(folders[0]).questions
    on_topic = tuple(question.text for question in questions if question.relevance and not question.history)
    off_topic = tuple(question.text for question in questions if not question.relevance and not question.history)
    root = evaluation_root(settings.data_dir)
    return measure_growth(
        _indexes(folders, build_embedder(settings), root, report),
        sizes,
        root,
        on_topic=evenly(on_topic, min(n, len(on_topic))),
        off_topic=evenly(off_topic, min(n, len(off_topic))),
        report=report,
    )


def _indexes(folders: Sequence[Path], embedder: Embedder, root: Path, report: Progress) -> list[CourseIndex]:
    return [open_corpus_index(folder, embedder, root, progress=report) for folder in folders]
