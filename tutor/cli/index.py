"""``course-tutor index``: a folder of course files becomes a searchable course, and stays one with it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from tutor.bootstrap import Parts
from tutor.cli.console import FOUND_WRONG, err, errors_end_the_command
from tutor.cli.files import ACTOR, opened_parts, show_outcome, show_sources, watch
from tutor.ingest.folder_sync import FolderSync, sync_folder


def index(
    course_dir: Annotated[Path, typer.Argument(help="Folder of course files, with or without course.toml.")],
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Read every file and embed every chunk anew instead of what changed.")
    ] = False,
) -> None:
    """Make a folder's files a course's files: new ones added, changed ones read anew, missing ones removed.

    A running server does the work, if there is one, and takes the new index up by itself. Files that cannot be read are
    named with the reason, and the others are indexed all the same (exit code 1).
    """
    with errors_end_the_command(), opened_parts() as parts:
        sync = sync_folder(parts.intake, course_dir, actor=ACTOR)
        jobs = list(sync.jobs)
        if rebuild:
            jobs.append(parts.intake.publish(sync.course_id, rebuild=True, actor=ACTOR))
        job = watch(parts, jobs)
        well = _show_what_needs_attention(parts, sync)
        well = show_outcome(job) and well
    if not well:
        raise typer.Exit(FOUND_WRONG)


def _show_what_needs_attention(parts: Parts, sync: FolderSync) -> bool:
    for skipped in sync.skipped:
        err.print(Text.assemble(("skipped ", "yellow"), f"{skipped.source_name}: {skipped.reason}"), soft_wrap=True)
    for source in sync.removed:
        err.print(Text.assemble(("removed ", "yellow"), source.name), soft_wrap=True)
    changed = frozenset(item.source.source_id for item in sync.received if item.arrived != "unchanged")
    return show_sources(parts, sync.course_id, changed) and not sync.skipped
