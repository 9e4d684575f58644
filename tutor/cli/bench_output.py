"""How measurements are printed: tables for people, JSON for programs, Markdown for documents."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import typer
from pydantic import TypeAdapter
from rich.text import Text

from tutor.cli.console import out
from tutor.errors import TutorError
from tutor.evaluation.figures import Figures

Format = Literal["table", "json", "markdown"]

AsJson = Annotated[bool, typer.Option("--json", help="Print the measurements as JSON.")]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="Print the tables as Markdown.")]
Plots = Annotated[Path | None, typer.Option(help="Draw into this folder, as SVG (needs the bench extra).")]

MOST_ASKERS = 64

Measured = TypeVar("Measured")


class CannotMeasure(TutorError):
    """What was asked for cannot be measured; the message says what is missing."""


def print_measured(
    measured: Measured, about: str, figures: Sequence[Figures], *, as_json: bool, as_markdown: bool
) -> None:
    """Print what one run measured."""
    if as_json:
        typer.echo(TypeAdapter(type(measured)).dump_json(measured, indent=2).decode())
    elif as_markdown:
        typer.echo("\n".join((f"{about}\n", *(found.for_document() for found in figures))))
    else:
        out.print(Text(about, style="dim"))
        for found in figures:
            out.print()
            out.print(found.for_terminal())


def whole_numbers(text: str, *, least: int = 1, most: int) -> tuple[int, ...]:
    """The numbers of "1,2,4", ascending, each once.

    Raises:
        BadParameter: One is not a whole number within the bounds.
    """
    parts = [part.strip().replace("_", "") for part in text.split(",")]
    if not all(part.isdecimal() and least <= int(part) <= most for part in parts):
        raise typer.BadParameter(f"{text!r} is not a list of whole numbers from {least} to {most} like 1,2,4")
    return tuple(sorted({int(part) for part in parts}))


def drawing_folder(plots: Path | None) -> None:
    """Refuse a folder that is not there before minutes of work, not after.

    Raises:
        CannotMeasure: It is not there.
    """
    if plots is not None and not plots.is_dir():
        raise CannotMeasure(f"cannot draw into {plots}: there is no such folder")
