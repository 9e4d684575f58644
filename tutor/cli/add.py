"""``course-tutor add``: files become part of a course."""

from pathlib import Path
from typing import Annotated

import typer

from tutor.bootstrap import Parts
from tutor.cli.console import FOUND_WRONG, errors_end_the_command
from tutor.cli.files import ACTOR, opened_parts, show_outcome, show_sources, watch
from tutor.errors import TutorError
from tutor.ingest.receiving import Arrival
from tutor.state.courses import CourseRecord, find_course


def add(
    course: Annotated[str, typer.Argument(help="Course id.")],
    files: Annotated[list[Path], typer.Argument(help="Course files: PDF, DOCX, PPTX, EPUB, HTML, Markdown, packages.")],
    title: Annotated[str, typer.Option(help="Make the course, with this title, if there is none.")] = "",
) -> None:
    """Bring files to a course and index it; a running server does the work, if there is one.

    A file of a name that the course has already is its next version. Files that cannot be read are named with the
    reason, and the others are indexed all the same (exit code 1).
    """
    with errors_end_the_command(), opened_parts() as parts:
        _ensure_course(parts, course, title)
        arrivals = [Arrival(path.name, path) for path in files]
        receipt = parts.intake.bring(course, arrivals, actor=ACTOR)
        job = watch(parts, [receipt.job])
        well = show_sources(parts, course, frozenset(item.source.source_id for item in receipt.received))
        well = show_outcome(job) and well
    if not well:
        raise typer.Exit(FOUND_WRONG)


def _ensure_course(parts: Parts, course_id: str, title: str) -> None:
    with parts.database.reading() as connection:
        missing = find_course(connection, course_id) is None
    if not missing:
        return
    if not title:
        raise TutorError(f"there is no course {course_id!r} yet; make it by giving its title: --title 'Astronomy 101'")
    parts.intake.create_course(CourseRecord(course_id, title), actor=ACTOR)
