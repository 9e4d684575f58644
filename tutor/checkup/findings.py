"""What a check found, and what would mend it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from tutor.errors import TutorError

INSTALLATION = "-"  # instead of a course, for what concerns them all


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found of one thing."""

    check: str  # database, files, index, jobs, left over, disk
    course_id: str  # INSTALLATION where it is no course's
    healthy: bool
    detail: str  # what is, and where something is wrong, what mends it
    mend: Callable[[], str] | None = field(default=None, compare=False)  # does it, and says what it did


class CannotMend(TutorError):
    """What was found cannot be mended from here."""


class Rebuild(Protocol):
    """Has a course's index built anew from its rows and stored files: the cure for everything that is derived."""

    def __call__(self, course_id: str) -> str:
        """Ask for it; gives what will happen.

        Raises:
            CannotMend: The course's files are not stored.
        """
        ...
