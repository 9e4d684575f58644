"""Who calls: the result of identification, which the gate leaves in the scope for everything behind it."""

import math
from dataclasses import dataclass
from typing import Literal

from starlette.types import Scope

from tutor.permissions import STUDENT, Permission

CallerKind = Literal["anonymous", "visitor", "session", "key", "monitor"]


@dataclass(frozen=True, slots=True)
class PlatformLink:
    """The learning platform's link that opened a course: where its scores go."""

    platform_id: str
    subject: str  # the platform's own name for the person; kept for as long as the session, sealed with its secret
    course_id: str
    line_item_url: str
    memberships_url: str
    n_questions: int = 0  # of the practice set that the link opens; 0: it opens none, and no score belongs there
    document_id: str = ""  # that the set is drawn from; empty for the whole course
    ends: float = math.inf  # seconds since 1970; when what it opened is closed


@dataclass(frozen=True, slots=True)
class Caller:
    """One caller, as far as permissions and fair shares go. Without permissions nothing is allowed.

    ``visitor`` is anybody at a service that is open to all; ``session`` a browser that used a link, the chat on its
    behalf included; ``key`` a program; ``monitor`` one that reads the service's numbers and nothing else.
    """

    kind: CallerKind
    caller_id: str = ""  # never a secret; empty for a visitor whose browser keeps no cookies
    permissions: frozenset[Permission] = frozenset()
    courses: tuple[str, ...] = ()  # empty: every course
    person_id: str = ""  # pseudonym; empty where the caller is nobody in particular
    links: tuple[PlatformLink, ...] = ()  # where a browser came from a learning platform; the latest launch first
    framed_by: str = ""  # the origins whose pages may show this session in a frame, with spaces between

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
        return not self.courses or course_id in self.courses or self.link_of(course_id) is not None

    def may(self, permission: Permission, course_id: str) -> bool:
        """Whether the caller may do this to this course; those of earlier launches are a student's."""
        if self.courses and course_id not in self.courses:
            return permission in self.permissions & STUDENT and self.opens(course_id)
        return permission in self.permissions

    def link_of(self, course_id: str) -> PlatformLink | None:
        """The link that opened this course last."""
        return next((link for link in self.links if link.course_id == course_id), None)

    def may_everywhere(self, permission: Permission) -> bool:
        """Whether the caller may do this to the whole installation."""
        return permission in self.permissions and not self.courses


ANONYMOUS = Caller("anonymous")


def caller_of(scope: Scope) -> Caller:
    """The caller that the gate identified; anonymous where no gate stands in front."""
    found = scope.get("state", {}).get("caller", ANONYMOUS)
    return found if isinstance(found, Caller) else ANONYMOUS
