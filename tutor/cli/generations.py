"""``course-tutor generations``: the indexes of a course, and which of them answers."""

from typing import Annotated, Literal

import typer
from rich.table import Table

from tutor.bootstrap import Parts
from tutor.cli.console import errors_end_the_command, out
from tutor.cli.files import ACTOR, course_named, opened_parts
from tutor.state import audit
from tutor.state.generations import generations_of

Action = Literal["list", "accept", "discard", "restore"]


def generations(
    course: Annotated[str, typer.Argument(help="Course id.")],
    action: Annotated[Action, typer.Argument(help="accept or discard a held index; restore the one before.")] = "list",
    generation: Annotated[str, typer.Argument(help="Its name, as the list shows it.")] = "",
) -> None:
    """List a course's indexes, let one that waits answer or not, or go back to the one before."""
    if action != "list" and not generation:
        raise typer.BadParameter(f"name the generation to {action}: course-tutor generations {course}")
    with errors_end_the_command(), opened_parts() as parts:
        course_named(parts, course)
        if action != "list":
            _act(parts, course, action, generation)
        _show(parts, course)


def _act(parts: Parts, course: str, action: Action, generation: str) -> None:
    publisher = parts.intake.publisher
    if action == "accept":
        publisher.accept(course, generation)
    elif action == "discard":
        publisher.discard(course, generation)
    else:
        publisher.restore(course, generation)
    with parts.database.writing() as connection:
        audit.record(connection, course, ACTOR, f"generation.{action}", generation)


def _show(parts: Parts, course: str) -> None:
    with parts.database.reading() as connection:
        found = generations_of(connection, course)
    table = Table("Generation", "State", "Documents", "Chunks", "Built", "Changed answers", box=None, pad_edge=False)
    for each in found:
        changed = sum(check["outcome"] != "same" for check in each.checks.get("verified", ()))
        built = f"{each.created_at:%Y-%m-%d %H:%M}"
        table.add_row(each.generation, each.state, str(each.n_documents), str(each.n_chunks), built, str(changed))
    out.print(table)
