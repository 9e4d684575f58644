"""``course-tutor doctor``: is every index what its manifest says, and what mends it if not?"""

from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.table import Table

from index.errors import IndexingError
from index.generations import list_courses, open_current
from index.protocols import Embedder
from tutor.bootstrap import build_embedder, index_root
from tutor.cli.console import FOUND_WRONG, errors_end_the_command, out
from tutor.doctor import Finding, check_citations
from tutor.settings import Settings


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check every course's index: files, sizes, hashes, counts, and that each chunk stands where it says.

    Exit code 1 when something is wrong; the finding names the command that mends it.
    """
    with errors_end_the_command():
        settings = Settings.from_environment()
        embedder = build_embedder(settings)
        root = index_root(settings)
        findings = tuple(_check(settings, embedder, course_id) for course_id in list_courses(root))
    if as_json:
        typer.echo(TypeAdapter(tuple[Finding, ...]).dump_json(findings, indent=2))
    else:
        _show(findings, str(root))
    if any(not finding.healthy for finding in findings):
        raise typer.Exit(FOUND_WRONG)


def _check(settings: Settings, embedder: Embedder, course_id: str) -> Finding:
    try:
        return check_citations(open_current(index_root(settings), course_id, embedder))
    except IndexingError as error:
        return Finding(course_id, healthy=False, detail=str(error))


def _show(findings: tuple[Finding, ...], root: str) -> None:
    if not findings:
        out.print(f"no index under {root} yet; the first question builds the bundled course's", highlight=False)
        return
    table = Table("Course", "Health", "Detail", box=None, pad_edge=False)
    for finding in findings:
        table.add_row(finding.course_id, "[green]good[/]" if finding.healthy else "[red]bad[/]", finding.detail)
    out.print(table)
