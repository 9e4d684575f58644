"""Who calls: the result of identification, which the gate leaves in the scope for everything behind it."""

from dataclasses import dataclass
from typing import Literal

from starlette.types import Scope

CallerKind = Literal["anonymous", "visitor", "session", "key", "chat"]


@dataclass(frozen=True, slots=True)
class Caller:
    """One caller, as far as permissions and fair shares go.

    ``visitor`` is anybody at a service that is open to all; ``session`` a browser that used the printed link; ``key`` a
    program; ``chat`` our own chat, calling the API over loopback.
    """

    kind: CallerKind
    caller_id: str = ""  # never a secret; empty for a visitor whose browser keeps no cookies
    courses: tuple[str, ...] = ()  # empty: every course

    def opens(self, course_id: str) -> bool:
        """Whether the caller may know this course."""
        return not self.courses or course_id in self.courses


ANONYMOUS = Caller("anonymous")


def caller_of(scope: Scope) -> Caller:
    """The caller that the gate identified; anonymous where no gate stands in front."""
    found = scope.get("state", {}).get("caller", ANONYMOUS)
    return found if isinstance(found, Caller) else ANONYMOUS
