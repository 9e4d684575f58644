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
        begin_draining: To be called in the event loop's thread when the process is asked to end.
    """

    app: ASGIApp
    begin_draining: Callable[[], None]
