"""The subcommands by name; each is imported when it runs, so that help and small commands start at once.

Together they need FAISS, the readers of all formats and the MCP, which take two seconds to import.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command


@dataclass(frozen=True, slots=True)
class Subcommand:
    """Where a command is, and the line that the list of commands says of it: the first of its own help."""

    module: str
    name: str  # of its function, or of the Typer application with commands of its own
    says: str


def _of(module: str, says: str, name: str = "") -> Subcommand:
    return Subcommand(f"tutor.cli.{module}", name or module, says)


COMMANDS: Mapping[str, Subcommand] = {
    "ask": _of("ask", "Ask a course a question; the first time, the bundled course is indexed."),
    "serve": _of("serve", "Serve the chat and the API; the first time, the bundled course is indexed."),
    "courses": _of("courses", "List the courses, their size and whether they can serve."),
    "index": _of(
        "index", "Make a folder's files a course's files: new ones added, changed ones read anew, missing ones removed."
    ),
    "add": _of("add", "Bring files to a course and index it; a running server does the work, if there is one."),
    "sources": _of("sources", "List a course's files and what became of each."),
    "remove": _of("sources", "Take a file out of a course: out of every answer at once, then off the disk.", "remove"),
    "generations": _of(
        "generations", "List a course's indexes, let one that waits answer or not, or go back to the one before."
    ),
    "link": _of("link", "Print a link that lets one browser in, once, to the server that runs on this data directory."),
    "export": _of(
        "export", "Write every term that a course defines, with its definition and where it stands, into a file."
    ),
    "mcp": _of(
        "mcp", "Serve the courses to an AI client over standard input and output (Model Context Protocol)."
    ),
    "doctor": _of(
        "doctor", "Check the database, the stored files, every index, interrupted work and the room on the disk."
    ),
    "backup": _of(
        "backups", "Write everything to one file, while the service runs; it is read back before it gets its name.",
        "backup",
    ),
    "restore": _of(
        "backups", "Make the data directory what it was when the backup was written; no server may run on it.",
        "restore",
    ),
    "migrate-store": _of(
        "migrate_store",
        "Move every index and every original file into the database (pgvector), or back out of it (embedded).",
    ),
    "eval": _of("evaluate", "Score retrieval, refusal and citations on a question set.", "evaluate"),
    "bench": _of("bench", "Measure speed and memory on this machine; nothing outside it is called.", "bench_app"),
    "keys": _of(
        "keys", "Make, list and revoke API keys; a running server follows at the next request.", "keys_app"
    ),
    "lti": _of(
        "lti", "Register learning platforms (LTI 1.3); a running server follows at the next launch.", "lti_app"
    ),
    "privacy": _of(
        "privacy", "Export or erase what is kept of one person; delete what is too old.", "privacy_app"
    ),
}  # fmt: skip


class Subcommands(TyperGroup):
    """The group that knows its commands without importing them."""

    def __init__(self, **named: Any) -> None:  # noqa: ANN401  (what typer gives its groups)
        super().__init__(**named)
        for name, subcommand in COMMANDS.items():
            self.add_command(_Later(name, subcommand))


class _Later(TyperCommand):
    """Stands in the list for a command, and becomes it as soon as it is called."""

    def __init__(self, name: str, subcommand: Subcommand) -> None:
        super().__init__(name, help=subcommand.says)
        self._subcommand = subcommand

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:  # noqa: ANN401
        """Begin to run the command itself."""
        found = getattr(import_module(self._subcommand.module), self._subcommand.name)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False, context_settings=parent.command.context_settings)
            alone.command(self.name)(found)
            found = alone
        return get_command(found).make_context(info_name, args, parent=parent, **extra)
