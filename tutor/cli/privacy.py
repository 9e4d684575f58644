"""``course-tutor privacy``: what is kept of people, handed out, erased or forgotten in time."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer

from tutor.bootstrap import open_database
from tutor.cli.console import err, errors_end_the_command
from tutor.settings import Settings
from tutor.state import audit, privacy
from tutor.state.database import Database
from tutor.upkeep import Upkeep

privacy_app = typer.Typer(help="Export or erase what is kept of one person; delete what is too old.")

PersonId = Annotated[str, typer.Argument(help="The person's id, as GET /api/v1/me and the instructor's list show it.")]


@privacy_app.callback(invoke_without_command=True)
def _without_a_subcommand(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@privacy_app.command("export")
def export(person: PersonId) -> None:
    """Print everything that is kept of a person as JSON."""
    with errors_end_the_command(), _database() as database, database.reading() as connection:
        found = privacy.export(connection, person)
    typer.echo(json.dumps(found, indent=2, default=str))


@privacy_app.command("erase")
def erase(person: PersonId) -> None:
    """Delete everything that is kept of a person; what they made for a course stays, without their id."""
    with errors_end_the_command(), _database() as database:
        with database.writing() as connection:
            n_rows = privacy.erase(connection, person)
            audit.record(connection, audit.INSTALLATION, "cli", "person.erase")  # not whom: that would be kept
        database.let_go_of_old_pages()
    err.print(f"deleted {n_rows} rows; backups that were made before still hold them", highlight=False)


@privacy_app.command("purge")
def purge() -> None:
    """Delete questions that are older than their retention, now; a running server does it daily."""
    with errors_end_the_command(), _database() as database:
        settings = Settings.from_environment()
        upkeep = Upkeep(database, settings.data_dir, retention_days=settings.retention_days)
        deleted = upkeep.run_once(datetime.now(UTC))
    err.print(f"deleted {deleted.questions} questions and {deleted.people} people", highlight=False)


@contextmanager
def _database() -> Iterator[Database]:
    with closing(open_database(Settings.from_environment())) as database:
        yield database
