"""The ``course-tutor`` command: one module for each subcommand."""

import logging
from importlib.metadata import version
from typing import Annotated

import typer

from tutor.cli.commands import Subcommands
from tutor.cli.console import out

app = typer.Typer(
    cls=Subcommands,
    help="A course tutor that answers from the course text only, every sentence cited to its exact span.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        out.print(f"course-tutor {version('course-tutor')}", highlight=False)
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Settings come from TUTOR_* environment variables or a .env file; see .env.example."""
    # What a command wants to say it prints itself; warnings would say it twice.
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")


def main() -> None:
    """Run the command line."""
    app()
