"""``course-tutor mcp``: the courses as tools for one AI client on this machine, over standard input and output."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from anyio import to_thread

from tutor.api.mcp_tools import Call, build_server
from tutor.bootstrap import open_library
from tutor.cli.console import errors_end_the_command, progress_bar
from tutor.library import Library
from tutor.settings import Settings

T = TypeVar("T")


class _LocalCounter:
    """Whoever may start the process may read what it can read."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def desk(self, call: Call) -> Library:  # noqa: ARG002  (there is one caller)
        """Every course of the installation."""
        return self._library

    async def spend(self, call: Call, course_id: str) -> None:
        """Without limits: one person, one machine."""

    def work(self, call: Call, work: Callable[[], T]) -> Awaitable[T]:  # noqa: ARG002
        """In a thread."""
        return to_thread.run_sync(work)


def mcp() -> None:
    """Serve the courses to an AI client over standard input and output (Model Context Protocol).

    Name this command in the client's configuration. Over HTTP the same tools are at /mcp of course-tutor serve.
    """
    with errors_end_the_command():
        library = open_library(Settings.from_environment())
        with progress_bar() as report:
            library.load(progress=report)
        build_server(_LocalCounter(library)).run("stdio")
