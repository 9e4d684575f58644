"""Browser sessions, in memory only: who came with which role. A restart ends every session."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from tutor.api.callers import PlatformLink
from tutor.permissions import Role
from tutor.state.keys import digest

MAX_SESSIONS = 1000  # not tuned: one person has a handful
SESSION_LIFETIME_S = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that used a link."""

    session_id: str  # the hash of its secret; no secret itself
    role: Role
    courses: tuple[str, ...]  # empty: every course
    person_id: str = ""  # pseudonym, where somebody vouched for who it is; else the session is the person
    link: PlatformLink | None = None
    framed_by: str = ""  # origin of the page that shows this session in a frame, where a token named one


class Sessions:
    """Sessions by the hash of their secret, so that a memory dump or a log shows none.

    Args:
        max_sessions: The session unused for longest gives way to a new one beyond this.
        lifetime_s: How long a session lasts from its start.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        *,
        max_sessions: int = MAX_SESSIONS,
        lifetime_s: float = SESSION_LIFETIME_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_sessions = max_sessions
        self._lifetime_s = lifetime_s
        self._clock = clock
        self._sessions: OrderedDict[str, tuple[float, Session]] = OrderedDict()

    def start(
        self,
        role: Role,
        courses: tuple[str, ...] = (),
        *,
        person_id: str = "",
        link: PlatformLink | None = None,
        framed_by: str = "",
    ) -> str:
        """Begin a session and give its secret, for a cookie."""
        secret = secrets.token_urlsafe(32)
        session = Session(digest(secret), role, courses, person_id, link, framed_by)
        self._sessions[session.session_id] = (self._clock() + self._lifetime_s, session)
        while len(self._sessions) > self._max_sessions:
            self._sessions.popitem(last=False)
        return secret

    def find(self, secret: str) -> Session | None:
        """The session of a secret, while it lasts."""
        session_id = digest(secret)
        ends, session = self._sessions.get(session_id, (0.0, None))
        if session is None:
            return None
        if ends <= self._clock():
            del self._sessions[session_id]
            return None
        self._sessions.move_to_end(session_id)
        return session

    def end(self, secret: str) -> None:
        """End a session, if it is one: its secret is worthless from now on."""
        self._sessions.pop(digest(secret), None)
