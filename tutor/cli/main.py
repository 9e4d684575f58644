"""The ``course-tutor`` command: gathers the subcommands, one module each."""

import logging
from importlib.metadata import version
from typing import Annotated

import typer

from tutor.cli.add import add
from tutor.cli.ask import ask
from tutor.cli.backups import backup, restore
from tutor.cli.bench import bench
from tutor.cli.console import out
from tutor.cli.courses import courses
from tutor.cli.doctor import doctor
from tutor.cli.evaluate import evaluate
from tutor.cli.export import export
from tutor.cli.generations import generations
from tutor.cli.index import index
from tutor.cli.keys import keys_app
from tutor.cli.link import link
from tutor.cli.lti import lti_app
from tutor.cli.mcp import mcp
from tutor.cli.migrate_store import migrate_store
from tutor.cli.privacy import privacy_app
from tutor.cli.serve import serve
from tutor.cli.sources import remove, sources

app = typer.Typer(
    help="A course tutor that answers from the course text only, every sentence cited to its exact span.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("ask")(ask)
app.command("serve")(serve)
app.command("courses")(courses)
app.command("index")(index)
app.command("add")(add)
app.command("sources")(sources)
app.command("remove")(remove)
app.command("generations")(generations)
app.command("link")(link)
app.add_typer(keys_app, name="keys")
app.command("export")(export)
app.add_typer(lti_app, name="lti")
app.command("mcp")(mcp)
app.command("doctor")(doctor)
app.add_typer(privacy_app, name="privacy")
app.command("backup")(backup)
app.command("restore")(restore)
app.command("migrate-store")(migrate_store)
app.command("eval")(evaluate)
app.command("bench")(bench)


def _show_version(wanted: bool) -> None:
    if wanted:
        out.print(f"course-tutor {version('course-tutor')}", highlight=False)
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Settings come from TUTOR_* environment variables or a .env file; see .env.example."""
    # What a command wants to say it prints itself; warnings would say it twice.
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")


def main() -> None:
    """Run the command line."""
    app()
