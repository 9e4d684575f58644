"""How measurements are shown: as tables for people, as JSON for programs, and written into a document."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.text import Text

from tutor.cli.console import out
from tutor.errors import TutorError
from tutor.evaluation.figures import Figures

AsJson = Annotated[bool, typer.Option("--json", help="Print the measurements as JSON.")]
Into = Annotated[Path | None, typer.Option(help="Write the tables into their place in this Markdown file, too.")]
Plots = Annotated[Path | None, typer.Option(help="Draw into this folder, as SVG (needs the bench extra).")]

MOST_ASKERS = 64


class CannotMeasure(TutorError):
    """What was asked for cannot be measured; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Output:
    """Where measurements go."""

    command: str  # whose they are: "bench growth"
    as_json: bool
    into: Path | None = None
    plots: Path | None = None

    def check(self) -> None:
        """Refuse what is not there before minutes of work, not after.

        Raises:
            CannotMeasure: The folder for plots, the file, or the place in the file is missing.
        """
        if self.plots is not None and not self.plots.is_dir():
            raise CannotMeasure(f"cannot draw into {self.plots}: there is no such folder")
        if self.into is not None:
            self._place_in(self.into)

    def show(self, measured: object, about: str, figures: Sequence[Figures]) -> None:
        """Print what one run measured, and write the tables where they are wanted."""
        if self.into is not None:
            before, after = self._place_in(self.into)
            tables = "\n".join(found.for_document() for found in figures)
            text = f"{before}\n{datetime.now(UTC).date()}: {about.replace(chr(10), '; ')}.\n\n{tables}{after}"
            self.into.write_text(text, "utf-8")
        if self.as_json:
            typer.echo(TypeAdapter(type(measured)).dump_json(measured, indent=2).decode())
            return
        out.print(Text(about, style="dim"))
        for found in figures:
            out.print()
            out.print(found.for_terminal())

    def _place_in(self, file: Path) -> tuple[str, str]:
        """The text of the file up to the tables of this command, and the text behind them."""
        start, end = f"<!-- course-tutor {self.command} -->\n", "<!-- end -->"
        text = file.read_text("utf-8") if file.is_file() else ""
        before, found, rest = text.partition(start)
        _, ended, after = rest.partition(end)
        if not found or not ended:
            raise CannotMeasure(f"{file} has no place for the tables: lines {start.strip()} and {end}")
        return before + start, end + after


def whole_numbers(text: str, *, least: int = 1, most: int) -> tuple[int, ...]:
    """The numbers of "1,2,4", ascending, each once.

    Raises:
        BadParameter: One is not a whole number within the bounds.
    """
    parts = [part.strip().replace("_", "") for part in text.split(",")]
    if not all(part.isdecimal() and least <= int(part) <= most for part in parts):
        raise typer.BadParameter(f"{text!r} is not a list of whole numbers from {least} to {most} like 1,2,4")
    return tuple(sorted({int(part) for part in parts}))
