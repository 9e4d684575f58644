"""``course-tutor courses``: what can be asked here."""

from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.table import Table

from tutor.bootstrap import open_library
from tutor.cli.console import errors_end_the_command, out, progress_bar
from tutor.course_info import CourseInfo
from tutor.settings import Settings


def courses(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the courses, their size and whether they can serve."""
    with errors_end_the_command():
        library = open_library(Settings.from_environment())
        with progress_bar() as report:
            library.load(progress=report)
        listed = library.courses()
    if as_json:
        typer.echo(TypeAdapter(tuple[CourseInfo, ...]).dump_json(listed, indent=2))
        return
    table = Table("Course", "Title", "Documents", "Chunks", "State", box=None, pad_edge=False)
    for info in listed:
        state = "ready" if info.ready else info.reason
        table.add_row(info.course_id, info.title, str(info.n_documents), str(info.n_chunks), state)
    out.print(table)
