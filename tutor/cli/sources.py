"""``course-tutor sources`` and ``remove``: what a course is made of, and less of it."""

from typing import Annotated

import typer

from tutor.cli.console import FOUND_WRONG, err, errors_end_the_command
from tutor.cli.files import ACTOR, course_named, opened_parts, show_outcome, show_sources, watch
from tutor.ingest.errors import UnknownSource
from tutor.state.sources import find_source, find_source_by_name


def sources(course: Annotated[str, typer.Argument(help="Course id.")]) -> None:
    """List a course's files and what became of each."""
    with errors_end_the_command(), opened_parts() as parts:
        course_named(parts, course)
        show_sources(parts, course)


def remove(
    course: Annotated[str, typer.Argument(help="Course id.")],
    source: Annotated[str, typer.Argument(help="The file's name or id, as 'sources' shows it.")],
) -> None:
    """Take a file out of a course: out of every answer at once, then off the disk."""
    with errors_end_the_command(), opened_parts() as parts:
        course_named(parts, course)
        with parts.database.reading() as connection:
            found = find_source_by_name(connection, course, source) or find_source(connection, course, source)
        if found is None:
            raise UnknownSource(course, source)
        job = parts.intake.remove(course, found.source_id, actor=ACTOR)
        err.print(f"{found.name} is in no answer any more", highlight=False, markup=False, soft_wrap=True)
        well = show_outcome(watch(parts, [job]))
    if not well:
        raise typer.Exit(FOUND_WRONG)
