"""Finds the user interface, which this package must not import."""

from collections.abc import Callable
from importlib.metadata import entry_points

from tutor.api.service import ENTRY_POINTS, Service
from tutor.errors import TutorError

AppFactory = Callable[..., Service]


class NoUserInterface(TutorError):
    """The installation is not whole."""

    def __init__(self) -> None:
        super().__init__(f"no package offers {ENTRY_POINTS!r}; install course-tutor again: pip install -e .")


def app_factory() -> AppFactory:
    """What makes the service; loading it takes seconds.

    Raises:
        NoUserInterface: The installation is not whole.
    """
    found = list(entry_points(group=ENTRY_POINTS))
    if not found:
        raise NoUserInterface
    factory: AppFactory = found[0].load()
    return factory
