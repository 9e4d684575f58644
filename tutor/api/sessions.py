"""Browser sessions: who came with which role. They are kept in SQL, for every process and across restarts.

What a launch told of a person (the platform's own name for them, where their scores go) is sealed with the secret that
only their browser has: neither the database nor a backup of its file gives it away.
"""

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from tutor.api.callers import PlatformLink
from tutor.permissions import Role
from tutor.state import sessions
from tutor.state.database import Database
from tutor.state.installation import pseudonym
from tutor.state.keys import digest
from tutor.state.sessions import SessionRecord

MAX_SESSIONS = 100_000  # about 50 MB: a learning platform sends everybody who opens a course
SESSION_LIFETIME = timedelta(days=7)
LAUNCH_LIFETIME = timedelta(days=1)  # a role that the platform took back is not believed for longer

_SEAL_PURPOSE = b"session-links"


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that used a link."""

    session_id: str  # the hash of its secret; no secret itself
    role: Role
    courses: tuple[str, ...]  # empty: every course
    person_id: str  # pseudonym: of whom somebody vouched for, else of the session itself
    links: tuple[PlatformLink, ...] = ()  # of its own launch, then those of earlier ones that are still open
    framed_by: str = ""  # origins of pages that may show this session in a frame, with spaces between


class Sessions:
    """Sessions by the hash of their secret. Every method reads or writes the database: call them in threads.

    Args:
        database: Where all processes keep them.
        installation_key: What pseudonyms are made with.
        max_sessions: The session unused for longest gives way to a new one beyond this.
        lifetime: How long a session lasts from its start.
        clock: The time on the wall.
    """

    def __init__(
        self,
        database: Database,
        installation_key: bytes,
        *,
        max_sessions: int = MAX_SESSIONS,
        lifetime: timedelta = SESSION_LIFETIME,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._installation_key = installation_key
        self._max_sessions = max_sessions
        self._lifetime = lifetime
        self._clock = clock

    def start(
        self,
        role: Role,
        courses: tuple[str, ...] = (),
        *,
        person_id: str = "",
        framed_by: str = "",
        instead_of: str = "",
    ) -> str:
        """Begin a session in place of the browser's own, and give its secret, for a cookie.

        Args:
            role: In these courses.
            courses: Empty for all.
            person_id: Pseudonym; empty where nobody vouched for who it is: then the session is the person.
            framed_by: Origins of pages that may show it.
            instead_of: The secret that the browser sent.
        """
        with self._database.writing() as connection:
            sessions.end(connection, digest(instead_of))
            session = Session("", role, courses, person_id, framed_by=framed_by)
            return self._keep(connection, session, self._lifetime)

    def launch(self, role: Role, person_id: str, link: PlatformLink, *, framed_by: str = "", instead_of: str) -> str:
        """Begin the session of a launch in place of the browser's own, and give its secret.

        What the same person opened before stays open in its other windows, for a student: no role outlives its launch,
        nor does a session that somebody else had.

        Args:
            role: In the course that the link opens.
            person_id: Pseudonym; empty for nobody in particular, who then has no earlier launch.
            link: What was launched.
            framed_by: Origins of the platform.
            instead_of: The secret that the browser sent.
        """
        ends = (self._clock() + LAUNCH_LIFETIME).timestamp()
        with self._database.writing() as connection:
            before = self._read(connection, instead_of)
            sessions.end(connection, digest(instead_of))
            earlier = before.links if before is not None and person_id and before.person_id == person_id else ()
            links = (replace(link, ends=ends), *(each for each in earlier if each.course_id != link.course_id))
            session = Session("", role, (link.course_id,), person_id, links, framed_by)
            return self._keep(connection, session, LAUNCH_LIFETIME)

    def find(self, secret: str) -> Session | None:
        """The session of a secret, while it lasts, with those of its links that are open still."""
        with self._database.reading() as connection:
            found = sessions.find(connection, digest(secret), self._clock())
        if found is None:
            return None
        self._note_use(found)
        return self._opened(found, secret)

    def end(self, secret: str) -> None:
        """End a session, if it is one: its secret is worthless everywhere from now on."""
        with self._database.writing() as connection:
            sessions.end(connection, digest(secret))

    def _keep(self, connection: Connection, session: Session, lifetime: timedelta) -> str:
        secret, now = secrets.token_urlsafe(32), self._clock()
        session_id = digest(secret)
        record = SessionRecord(
            session_id=session_id,
            person_id=session.person_id or pseudonym(self._installation_key, "session", session_id),
            role=session.role,
            courses=session.courses,
            framing_origins=session.framed_by,
            sealed=_seal(session.links, secret),
            created_at=now,
            used_at=now,
            expires_at=now + lifetime,
        )
        sessions.forget(connection, now)
        sessions.add(connection, record, at_most=self._max_sessions)
        return secret

    def _read(self, connection: Connection, secret: str) -> Session | None:
        found = sessions.find(connection, digest(secret), self._clock())
        return self._opened(found, secret) if found else None

    def _opened(self, found: SessionRecord, secret: str) -> Session:
        now = self._clock().timestamp()
        links = tuple(link for link in _unseal(found.sealed, secret) if link.ends > now)
        return Session(found.session_id, found.role, found.courses, found.person_id, links, found.framing_origins)

    def _note_use(self, found: SessionRecord) -> None:
        now = self._clock()
        if abs(now - found.used_at) < sessions.USED_TO:
            return
        try:
            with self._database.counting() as connection:
                sessions.use(connection, found.session_id, now)
        except SQLAlchemyError:  # a full disk or a long write must not keep anybody out
            return


def _seal(links: tuple[PlatformLink, ...], secret: str) -> str:
    if not links:
        return ""
    return _lock_of(secret).encrypt(json.dumps([asdict(link) for link in links]).encode()).decode()


def _unseal(sealed: str, secret: str) -> tuple[PlatformLink, ...]:
    if not sealed:
        return ()
    try:
        return tuple(PlatformLink(**link) for link in json.loads(_lock_of(secret).decrypt(sealed)))
    except (InvalidToken, TypeError):  # a row that another version wrote: the session lasts, without its platform
        return ()


def _lock_of(secret: str) -> Fernet:
    return Fernet(urlsafe_b64encode(hmac.digest(secret.encode(), _SEAL_PURPOSE, hashlib.sha256)))
