"""``course-tutor index``: a folder of course files becomes a searchable course."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from corpus.course_folder import read_course
from corpus.types import Course
from index.builder import build_generation
from index.types import BuildReport
from tutor.bootstrap import build_embedder, index_root
from tutor.cli.console import FOUND_WRONG, err, errors_end_the_command, out, progress_bar
from tutor.settings import Settings


def index(
    course_dir: Annotated[Path, typer.Argument(help="Folder of Markdown or text files, with or without course.toml.")],
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Embed everything anew instead of reusing unchanged chunks.")
    ] = False,
) -> None:
    """Read, chunk, embed and index a course; a running server takes the new index up by itself.

    Files that cannot be read are named with the reason, and the others are indexed all the same (exit code 1).
    """
    with errors_end_the_command():
        settings = Settings.from_environment()
        course = read_course(course_dir)
        embedder = build_embedder(settings)
        with progress_bar() as report:
            built = build_generation(course, embedder, index_root(settings), rebuild=rebuild, progress=report)
    _show(course, built)
    if course.skipped:
        raise typer.Exit(FOUND_WRONG)


def _show(course: Course, built: BuildReport) -> None:
    for skipped in course.skipped:
        err.print(Text.assemble(("skipped ", "yellow"), f"{skipped.source_name}: {skipped.reason}"), soft_wrap=True)
    out.print(
        f"{course.course_id}: {built.n_documents} documents, {built.n_chunks} chunks "
        f"({built.n_embedded} embedded, {built.n_reused} unchanged) in {built.seconds:.1f} s, "
        f"generation {built.generation}",
        highlight=False,
        soft_wrap=True,
    )
