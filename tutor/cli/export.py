"""``course-tutor export``: a course's glossary as a file for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from tutor.bootstrap import open_library
from tutor.cli.console import errors_end_the_command, out, progress_bar
from tutor.exports.entries import glossary_entries
from tutor.exports.formats import FormatName
from tutor.exports.formats import export as put_into_file
from tutor.settings import Settings


def export(
    course: Annotated[str, typer.Argument(help="Course id.")],
    file: Annotated[Path, typer.Argument(help="Where to write; overwritten if it is there.")],
    file_format: Annotated[
        FormatName, typer.Option("--format", help="json, csv, moodle (glossary XML) or anki (deck).")
    ] = "json",
) -> None:
    """Write every term that a course defines, with its definition and where it stands, into a file."""
    with errors_end_the_command():
        library = open_library(Settings.from_environment())
        with progress_bar() as report:
            library.load(progress=report)
        index = library.tutor(course).index
        entries = tuple(glossary_entries(index))
        file.write_bytes(put_into_file(file_format, course, index.title, entries).content)
    out.print(f"{file}: {len(entries)} terms", highlight=False, soft_wrap=True)
