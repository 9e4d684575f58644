"""What ``serve`` runs: one ASGI application, and the way to tell it that the end is near."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp

ENTRY_POINTS = "course_tutor.app"  # where the user interface, which this package must not import, offers its factory


@dataclass(frozen=True, slots=True)
class Service:
    """A service that is ready to be run by an ASGI server.

    Args:
        app: Everything, behind its gate.
        begin_draining: To be called when the process is asked to end; from a signal handler, if need be.
    """

    app: ASGIApp
    begin_draining: Callable[[], None]
