"""``course-tutor migrate-store``: indexes and original files move into the database, or back out of it."""

from contextlib import ExitStack, closing
from typing import Annotated, Literal

import typer

from tutor.bootstrap import open_blobs, open_database, open_generations
from tutor.cli.console import FOUND_WRONG, err, errors_end_the_command, progress_bar
from tutor.errors import SettingsError
from tutor.ingest.election import Election
from tutor.ingest.errors import ServedElsewhere
from tutor.ingest.store_moving import Moved, Store, move_rows, move_store
from tutor.settings import Settings
from tutor.state.database import FILE_NAME
from tutor.state.server_lock import ServerLock

StoreName = Literal["embedded", "pgvector"]


def migrate_store(
    to: Annotated[StoreName, typer.Option("--to", help="Where indexes and original files are to be afterwards.")],
) -> None:
    """Move every index and every original file into the database (pgvector), or back out of it (embedded).

    Needs TUTOR_DATABASE_URL. Rows that are still in the embedded database move into it first, if it has none. No server
    may run. What it moves from stays as it was; run it again when it was interrupted. Afterwards set TUTOR_STORE.
    """
    with errors_end_the_command():
        settings = Settings.from_environment()
        if not settings.database_url:
            raise SettingsError("set TUTOR_DATABASE_URL, the database to move to or from")
        moved = move(settings, to)
    for reason in moved.left:
        err.print(reason, style="yellow", highlight=False, markup=False, soft_wrap=True)
    err.print(
        f"{moved.n_files} files and {moved.n_generations} indexes are in the {to} store, all checked; "
        f"now set TUTOR_STORE={to}",
        highlight=False, markup=False, soft_wrap=True,
    )  # fmt: skip
    if moved.left:
        raise typer.Exit(FOUND_WRONG)


def move(settings: Settings, to: StoreName) -> Moved:
    """Move everything to a kind of store.

    Raises:
        DataDirTaken, ServedElsewhere: A server runs.
        AnotherWriter, MovedOtherwise, IndexingError, StateError, OSError: As ``move_store`` says.
    """
    with ExitStack() as opened:
        opened.enter_context(ServerLock(settings.data_dir))
        database = opened.enter_context(closing(open_database(settings)))
        election = Election(settings.data_dir, database)
        if not election.stand():
            raise ServedElsewhere
        opened.callback(election.resign)
        if to == "pgvector" and (settings.data_dir / FILE_NAME).exists():
            embedded = settings.model_copy(update={"database_url": ""})
            with closing(open_database(embedded)) as before:
                move_rows(before, database)
        source, target = (
            opened.enter_context(closing(_store(settings, name)))
            for name in (("embedded", "pgvector") if to == "pgvector" else ("pgvector", "embedded"))
        )
        with progress_bar() as report:
            return move_store(source, target, database, progress=report)


def _store(settings: Settings, name: str) -> Store:
    there = settings.model_copy(update={"store": name})
    return Store(open_generations(there), open_blobs(there))
