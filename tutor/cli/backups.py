"""``course-tutor backup`` and ``course-tutor restore``: everything in one file, and everything back from it."""

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from tutor.bootstrap import open_blobs, open_database, open_generations
from tutor.cli.console import err, errors_end_the_command
from tutor.cli.migrate_store import move
from tutor.ingest.store_moving import in_a_folder
from tutor.settings import Settings
from tutor.state.backing_up import back_up
from tutor.state.backup_archive import BackupManifest
from tutor.state.restoring import restore as restore_from

ARCHIVE = typer.Argument(help="The backup, a tar file.", dir_okay=False)


def backup(archive: Annotated[Path, ARCHIVE]) -> None:
    """Write everything to one file, while the service runs; it is read back before it gets its name.

    The file holds the installation's secret keys: keep it as safe as the data directory.
    """
    with errors_end_the_command():
        settings = Settings.from_environment()
        path = archive.absolute()
        with (
            closing(open_database(settings)) as database,
            closing(open_blobs(settings)) as blobs,
            closing(open_generations(settings)) as generations,
        ):
            manifest = back_up(database, blobs, partial(in_a_folder, generations, path.parent), path)
    err.print(f"{archive}: {_summary(manifest)}", highlight=False, markup=False, soft_wrap=True)


def restore(
    archive: Annotated[Path, ARCHIVE],
    data_dir: Annotated[Path | None, typer.Option(help="Where to; default: TUTOR_DATA_DIR.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Move what is there aside first.")] = False,
) -> None:
    """Make the data directory what it was when the backup was written; no server may run on it.

    With TUTOR_DATABASE_URL the rows go there, wherever they came from: this is also the way from one to the other. With
    TUTOR_STORE=pgvector files and indexes follow them.
    """
    with errors_end_the_command():
        settings = Settings.from_environment()
        folder = data_dir or settings.data_dir
        manifest = restore_from(archive, folder, url=settings.database_url, replace=replace)
        if settings.store == "pgvector":
            move(settings.model_copy(update={"data_dir": folder}), "pgvector")
    err.print(f"{folder} is as of {_summary(manifest)}", highlight=False, markup=False, soft_wrap=True)


def _summary(manifest: BackupManifest) -> str:
    n_bytes = sum(file.size for file in manifest.files)
    return (
        f"{manifest.created_at}: {sum(manifest.rows.values())} rows and {len(manifest.files)} files, "
        f"{n_bytes / 1e6:.1f} MB, all checked"
    )
