"""What ``serve`` runs: one ASGI application, and the way to tell it that the end is near."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from starlette.types import ASGIApp

ENTRY_POINTS = "course_tutor.app"  # where the user interface, which this package must not import, offers its factory


Loading = Literal["loading", "loaded", "failed"]


@dataclass(frozen=True, slots=True)
class Service:
    """A service that is ready to be run by an ASGI server.

    Args:
        app: Everything, behind its gate.
        begin_draining: To be called when the process is asked to end; from a signal handler, if need be.
        end_streams: To be called when open streams, too, are to end.
        loading: How far opening the courses is; a single course that cannot be opened is no failure.
    """

    app: ASGIApp
    begin_draining: Callable[[], None]
    end_streams: Callable[[], None]
    loading: Callable[[], Loading]
