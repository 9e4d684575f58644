"""Browser sessions, in memory only: who came with which role. A restart ends every session."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from tutor.api.callers import PlatformLink
from tutor.permissions import Role
from tutor.state.keys import digest

MAX_SESSIONS = 20_000  # about 20 MB: a learning platform sends everybody who opens a course
SESSION_LIFETIME_S = 7 * 24 * 3600.0
LAUNCH_LIFETIME_S = 24 * 3600.0  # a role that the platform took back is not believed for longer


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that used a link."""

    session_id: str  # the hash of its secret; no secret itself
    role: Role
    courses: tuple[str, ...]  # empty: every course
    person_id: str = ""  # pseudonym, where somebody vouched for who it is; else the session is the person
    links: tuple[PlatformLink, ...] = ()  # of its own launch, then those of earlier ones that are still open
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
        self._changing = threading.Lock()  # launches come from threads

    def start(self, role: Role, courses: tuple[str, ...] = (), *, person_id: str = "", framed_by: str = "") -> str:
        """Begin a session and give its secret, for a cookie."""
        return self._start(Session("", role, courses, person_id, framed_by=framed_by), self._lifetime_s)

    def launch(self, role: Role, person_id: str, link: PlatformLink, *, instead_of: str) -> str:
        """Begin the session of a launch in place of the browser's own, and give its secret.

        What the same person opened before stays open in its other windows, for a student: no role outlives its launch,
        nor does a session that somebody else had.

        Args:
            role: In the course that the link opens.
            person_id: Pseudonym; empty for nobody in particular, who then has no earlier launch.
            link: What was launched.
            instead_of: The secret that the browser sent.
        """
        before = self.find(instead_of)
        self.end(instead_of)
        earlier = before.links if before is not None and person_id and before.person_id == person_id else ()
        links = (
            replace(link, ends=self._clock() + LAUNCH_LIFETIME_S),
            *(each for each in earlier if each.course_id != link.course_id),
        )
        return self._start(Session("", role, (link.course_id,), person_id, links), LAUNCH_LIFETIME_S)

    def find(self, secret: str) -> Session | None:
        """The session of a secret, while it lasts, with those of its links that are open still."""
        session_id, now = digest(secret), self._clock()
        with self._changing:
            ends, session = self._sessions.get(session_id, (0.0, None))
            if session is None:
                return None
            if ends <= now:
                del self._sessions[session_id]
                return None
            self._sessions.move_to_end(session_id)
        return replace(session, links=tuple(link for link in session.links if link.ends > now))

    def end(self, secret: str) -> None:
        """End a session, if it is one: its secret is worthless from now on."""
        with self._changing:
            self._sessions.pop(digest(secret), None)

    def _start(self, session: Session, lifetime_s: float) -> str:
        secret = secrets.token_urlsafe(32)
        session = replace(session, session_id=digest(secret))
        with self._changing:
            self._sessions[session.session_id] = (self._clock() + lifetime_s, session)
            while len(self._sessions) > self._max_sessions:
                self._sessions.popitem(last=False)
        return secret
