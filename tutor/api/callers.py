"""Who calls: the result of identification, which the gate leaves in the scope for everything behind it."""

from dataclasses import dataclass
from typing import Literal

from starlette.types import Scope

from tutor.permissions import Permission

CallerKind = Literal["anonymous", "visitor", "session", "key"]


@dataclass(frozen=True, slots=True)
class PlatformLink:
    """The learning platform's link that a session came through: where its scores go."""

    platform_id: str
    subject: str  # the platform's own name for the person; in memory only, for as long as the session lasts
    line_item_url: str
    memberships_url: str


@dataclass(frozen=True, slots=True)
class Caller:
    """One caller, as far as permissions and fair shares go. Without permissions nothing is allowed.

    ``visitor`` is anybody at a service that is open to all; ``session`` a browser that used a link, the chat on its
    behalf included; ``key`` a program.
    """

    kind: CallerKind
    caller_id: str = ""  # never a secret; empty for a visitor whose browser keeps no cookies
    permissions: frozenset[Permission] = frozenset()
    courses: tuple[str, ...] = ()  # empty: every course
    person_id: str = ""  # pseudonym; empty where the caller is nobody in particular
    link: PlatformLink | None = None  # where a browser came from a learning platform
    framed_by: str = ""  # the origin whose page shows this session in a frame

    @property
    def actor(self) -> str:
        """The name in the log of changes."""
        return self.person_id or f"{self.kind}:{self.caller_id}"

    @property
    def record_id(self) -> str:
        """Under whose name questions and judgements are kept; a key is one person, a nameless visitor nobody."""
        return self.person_id or (f"key:{self.caller_id}" if self.kind == "key" else "")

    def opens(self, course_id: str) -> bool:
        """Whether the caller may know this course."""
        return not self.courses or course_id in self.courses

    def may(self, permission: Permission, course_id: str) -> bool:
        """Whether the caller may do this to this course."""
        return permission in self.permissions and self.opens(course_id)

    def may_everywhere(self, permission: Permission) -> bool:
        """Whether the caller may do this to the whole installation."""
        return permission in self.permissions and not self.courses


ANONYMOUS = Caller("anonymous")


def caller_of(scope: Scope) -> Caller:
    """The caller that the gate identified; anonymous where no gate stands in front."""
    found = scope.get("state", {}).get("caller", ANONYMOUS)
    return found if isinstance(found, Caller) else ANONYMOUS
