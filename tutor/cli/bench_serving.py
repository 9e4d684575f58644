"""``course-tutor bench serving``: answers a second over HTTP, against how many ask at once."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from tutor.bootstrap import BUNDLED_COURSE
from tutor.cli.bench_output import (
    MOST_ASKERS,
    AsJson,
    CannotMeasure,
    Into,
    Output,
    Plots,
    whole_numbers,
)
from tutor.cli.console import errors_end_the_command, progress_bar
from tutor.evaluation.bench_plots import draw_serving
from tutor.evaluation.bench_questions import evenly, read_bench_questions
from tutor.evaluation.bench_report import machine_lines, serving_figures
from tutor.evaluation.bench_serving import Address, Served, ServedBy, measure_served
from tutor.evaluation.bench_serving import serving as served_process
from tutor.evaluation.machine import describe_machine
from tutor.evaluation.process_memory import memory_of_tree

_MOST_WORKERS = 32
# Of the bundled course, so that every question is answered from it.
_QUESTIONS = (
    "What is radiomics?", "What is machine learning?", "What is deep learning?", "What is a neural network?",
    "What makes deep learning hard to use in a hospital?", "What is supervised learning?", "What is overfitting?",
    "difference between machine learning and deep learning", "how is deep learning used in imaging?",
    "What is the first takeaway?",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    course_id: str
    questions: tuple[str, ...]
    askers: tuple[int, ...]


def serving(  # noqa: PLR0913, PLR0917  (options of a command line)
    workers: Annotated[str, typer.Option(help="How many processes serve, in turns.")] = "1",
    url: Annotated[str, typer.Option(help="Ask a service that runs already, such as http://127.0.0.1:8000.")] = "",
    key: Annotated[str, typer.Option(envvar="TUTOR_BENCH_KEY", help="Key for --url, unless it is open.")] = "",
    course: Annotated[str, typer.Option(help="Which course of --url.")] = BUNDLED_COURSE,
    queries: Annotated[Path | None, typer.Option(help="Questions to ask, as for bench.")] = None,
    n: Annotated[
        int, typer.Option("-n", "--number", min=10, help="How many questions for each number of askers.")
    ] = 400,
    askers: Annotated[str, typer.Option(help="How many ask at once, in turns.")] = "1,2,4,8,16",
    as_json: AsJson = False,
    into: Into = None,
    plots: Plots = None,
) -> None:
    """Measure a served process over HTTP: seconds until it is ready, answers a second, memory.

    Without --url, the bundled course is served from a folder that is thrown away. The askers share the cores with it.
    """
    at_once, processes = whole_numbers(askers, most=MOST_ASKERS), whole_numbers(workers, most=_MOST_WORKERS)
    output = Output("bench serving", as_json, into, plots)
    with errors_end_the_command():
        output.check()
        if url and not url.startswith(("http://", "https://")):
            raise CannotMeasure(f"{url} is no address: it begins with http:// or https://")
        machine = describe_machine()
        asked = _Asked(course, evenly(read_bench_questions(queries) if queries else _QUESTIONS, n), at_once)
        found = _running(url, key, asked) if url else _started(processes, asked)
        if plots is not None:
            draw_serving(found, plots)
    output.show(Served(machine, n, found), machine_lines(machine), serving_figures(found))


def _running(url: str, key: str, asked: _Asked) -> tuple[ServedBy, ...]:
    with progress_bar() as report:
        loads = measure_served(Address(url.rstrip("/"), asked.course_id, key), asked.questions, asked.askers, report)
    return (ServedBy(url, 0.0, None, loads),)


def _started(workers: Sequence[int], asked: _Asked) -> tuple[ServedBy, ...]:
    found = []
    with tempfile.TemporaryDirectory() as folder, progress_bar() as report:
        with served_process(Path(folder)):  # the first start indexes the course
            pass
        for number in workers:
            name = f"{number} process" if number == 1 else f"{number} processes"
            with served_process(Path(folder), number) as (address, process, ready_s):
                loads = measure_served(Address(address, asked.course_id), asked.questions, asked.askers, report)
                found.append(ServedBy(name, round(ready_s, 2), memory_of_tree(process), loads))
    return tuple(found)
