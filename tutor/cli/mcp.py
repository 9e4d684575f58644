"""``course-tutor mcp``: the courses as tools for one AI client on this machine, over standard input and output."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from anyio import to_thread

from tutor.api.mcp_tools import Call, build_server
from tutor.bootstrap import open_asking, open_parts
from tutor.cli.console import errors_end_the_command, progress_bar
from tutor.course_info import CourseInfo
from tutor.library import Library
from tutor.records.asking import Asker, Asking
from tutor.records.receipts import Channel
from tutor.settings import Settings
from tutor.tutor import Tutor
from tutor.types import Answer, Turn

T = TypeVar("T")


class _LocalCounter:
    """Whoever may start the process may read what it can read."""

    def __init__(self, desk: "_LocalDesk") -> None:
        self._desk = desk

    def desk(self, call: Call) -> "_LocalDesk":  # noqa: ARG002  (there is one caller)
        """Every course of the installation."""
        return self._desk

    async def spend(self, call: Call, course_id: str) -> None:
        """Without limits: one person, one machine."""

    def work(self, call: Call, work: Callable[[], T], course_id: str) -> Awaitable[T]:  # noqa: ARG002
        """In a thread."""
        return to_thread.run_sync(work)


class _LocalDesk:
    """Every course of the installation; what is asked of them is recorded as they want."""

    def __init__(self, library: Library, asking: Asking) -> None:
        self._library = library
        self._asking = asking

    def courses(self) -> tuple[CourseInfo, ...]:
        """All of them."""
        return self._library.courses()

    def tutor(self, course_id: str) -> Tutor:
        """The tutor of one of them."""
        return self._library.tutor(course_id)

    def ask(self, course_id: str, question: str, history: Sequence[Turn], channel: Channel) -> Answer:
        """The answer of one of them."""
        return self._asking.ask(self._library.tutor(course_id), question, history, Asker("", channel))


def mcp() -> None:
    """Serve the courses to an AI client over standard input and output (Model Context Protocol).

    Name this command in the client's configuration. Over HTTP the same tools are at /mcp of course-tutor serve.
    """
    with errors_end_the_command():
        settings = Settings.from_environment()
        parts = open_parts(settings)
        with progress_bar() as report:
            parts.library.load(progress=report)
        asking = open_asking(settings, parts.database)
        build_server(_LocalCounter(_LocalDesk(parts.library, asking))).run("stdio")
        asking.close()
