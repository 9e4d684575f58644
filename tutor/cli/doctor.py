"""``course-tutor doctor``: is everything there and what it was, and what mends it if not?"""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from tutor.bootstrap import build_embedder, index_root, open_blobs, open_database, open_generations
from tutor.checkup.database import check_database, check_jobs
from tutor.checkup.files import check_disk, check_files, check_left_over
from tutor.checkup.findings import INSTALLATION, CannotMend, Finding
from tutor.checkup.indexes import check_indexes
from tutor.cli.console import FOUND_WRONG, err, errors_end_the_command, out
from tutor.cli.files import ACTOR, opened_parts, watch
from tutor.errors import UnknownCourse
from tutor.settings import Settings
from tutor.state.errors import DatabaseDamaged, SchemaNewer
from tutor.state.server_lock import running_server


def doctor(
    mend: Annotated[bool, typer.Option("--mend", help="Mend what can be mended.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check the database, the stored files, every index, interrupted work and the room on the disk.

    Works beside a running server. Exit code 1 when something is wrong that was not mended; the finding says what mends
    it.
    """
    with errors_end_the_command():
        findings = tuple(_all_findings(Settings.from_environment()))
        mended = dict(_mend(findings)) if mend else {}
    if as_json:
        rows = [
            {
                "check": finding.check,
                "course_id": finding.course_id,
                "healthy": finding.healthy,
                "detail": finding.detail,
                "mended": mended.get(number, ""),
            }
            for number, finding in enumerate(findings)
        ]
        typer.echo(json.dumps(rows, indent=2))
    else:
        _show(findings, mended)
    if any(not finding.healthy and number not in mended for number, finding in enumerate(findings)):
        raise typer.Exit(FOUND_WRONG)


def _all_findings(settings: Settings) -> Iterator[Finding]:
    try:
        database = open_database(settings)
    except (DatabaseDamaged, SchemaNewer) as error:
        yield Finding("database", INSTALLATION, False, str(error))
        return
    server = running_server(settings.data_dir)
    runs, root, blobs = server is not None, index_root(settings), open_blobs(settings)

    generations = open_generations(settings)
    with closing(database), closing(generations), closing(blobs):
        yield check_database(database)
        yield from check_jobs(database, server_runs=runs)
        yield from check_files(database, blobs, _rebuild)
        yield from check_indexes(database, generations, build_embedder(settings), _rebuild)
        yield from check_left_over(settings.data_dir, root, blobs, server_runs=runs)
        yield check_disk(settings.data_dir)
        who = f"served by process {server.pid} at {server.origin}" if server else "not served now"
        yield Finding("server", INSTALLATION, True, who)


def _rebuild(course_id: str) -> str:
    """Build a course's index anew from its files; a running server does it, if there is one."""
    try:
        with opened_parts() as parts:
            job = watch(parts, [parts.intake.publish(course_id, rebuild=True, actor=ACTOR)])
    except UnknownCourse as error:
        raise CannotMend("its files are not stored here: course-tutor index <folder> --rebuild") from error
    if job.state != "done":
        raise CannotMend(job.error or f"the rebuild is {job.state}: course-tutor generations {course_id}")
    return "built anew"


def _mend(findings: tuple[Finding, ...]) -> Iterator[tuple[int, str]]:
    """What was mended, and how, by the finding's number; what cannot be is said and stays wrong."""
    for number, finding in enumerate(findings):
        if not finding.healthy and finding.mend is not None:
            try:
                yield number, finding.mend()
            except CannotMend as error:
                err.print(f"{finding.check} {finding.course_id}: {error}", highlight=False, markup=False)


def _show(findings: tuple[Finding, ...], mended: dict[int, str]) -> None:
    table = Table("Check", "Course", "Health", "Detail", box=None, pad_edge=False)
    for number, finding in enumerate(findings):
        health = "[green]good[/]" if finding.healthy else "[yellow]mended[/]" if number in mended else "[red]bad[/]"
        detail = f"{finding.detail} → {mended[number]}" if number in mended else finding.detail
        table.add_row(finding.check, finding.course_id, health, Text(detail))
    out.print(table)
