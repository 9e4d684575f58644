"""``course-tutor bench peers``: beside LlamaIndex, Haystack and txtai, on the same model and the same texts."""

from pathlib import Path
from typing import Annotated

import typer

from tutor.bootstrap import build_embedder
from tutor.cli.bench_output import AsJson, Into, Output, Plots
from tutor.cli.console import err, errors_end_the_command, progress_bar
from tutor.evaluation.bench_plots import draw_peers
from tutor.evaluation.bench_report import machine_lines
from tutor.evaluation.corpus_index import evaluation_root
from tutor.evaluation.peers.comparison import Amounts, Comparison, compare_with_peers
from tutor.evaluation.peers.report import behind, ranking_figures, speed_figures
from tutor.evaluation.peers.tournament import Arena
from tutor.settings import Settings


def peers(  # noqa: PLR0913, PLR0917  (options of a command line)
    environments: Annotated[
        Path, typer.Argument(help="Folder of the toolkits' virtual environments: make peers makes it.")
    ],
    folders: Annotated[
        list[Path], typer.Argument(help="Question sets in BEIR layout; speed and memory are measured on the first.")
    ],
    rounds: Annotated[int, typer.Option(min=1, help="Repetitions, of which medians are taken.")] = 3,
    sample: Annotated[int, typer.Option(min=10, help="How many chunks to index when timing that.")] = 500,
    n: Annotated[int, typer.Option("-n", "--number", min=10, help="How many questions to time.")] = 150,
    held_out: Annotated[
        bool, typer.Option("--held-out", help="Judge a ranker that never saw the set, too (needs the dev extra).")
    ] = False,
    as_json: AsJson = False,
    into: Into = None,
    plots: Plots = None,
) -> None:
    """Measure index time, latency, throughput, memory and nDCG@10 beside LlamaIndex, Haystack and txtai.

    Each system runs in processes of its own, in turns. Their indexes of the whole sets are made once and kept, which
    takes minutes; nothing that is timed is taken from an earlier run.
    """
    output = Output("bench peers", as_json, into, plots)
    with errors_end_the_command():
        output.check()
        settings = Settings.from_environment()
        root = evaluation_root(settings.data_dir)
        arena = Arena(root.resolve() / "peers", environments.resolve())
        with progress_bar() as report:
            measured = compare_with_peers(
                folders,
                arena,
                build_embedder(settings),
                root.resolve(),
                Amounts(rounds, sample, n),
                held_out=held_out,
                report=report,
            )
        if plots is not None:
            draw_peers(measured, plots)
    for environment in measured.missing:
        err.print(f"not compared, for there is no environment {environment}: make peers", style="yellow")
    output.show(measured, _about(measured), (speed_figures(measured), ranking_figures(measured)))
    for sentence in behind(measured):
        err.print(f"behind in {sentence}", style="yellow", highlight=False)


def _about(measured: Comparison) -> str:
    versions = {f"{name} {found}" for packages in measured.packages.values() for name, found in packages.items()}
    amounts = measured.amounts
    how = f"{amounts.rounds} rounds, {amounts.questions} questions, {amounts.sample} chunks indexed"
    return f"{measured.speed_set}: {how}\n{machine_lines(measured.machine)}\n{', '.join(sorted(versions))}"
