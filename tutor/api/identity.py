"""From a request's headers to a caller: bearer key, session cookie, or a visitor where the service is open to all.

A credential that is sent and wrong is refused; it never falls back to being a visitor. Courses and permissions come
from the key's row or from the session, never from the request.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import ParamSpec, TypeVar

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from tutor.api.access_tokens import AccessTokens, looks_like_one
from tutor.api.callers import ANONYMOUS, Caller, PlatformLink
from tutor.api.sessions import Sessions
from tutor.permissions import OF_ROLE, STUDENT, Role
from tutor.state import keys, login_links, people
from tutor.state.database import Database
from tutor.state.installation import pseudonym, pseudonym_key

P = ParamSpec("P")
T = TypeVar("T")

_MAX_COOKIE_CHARS = 200
_LOOK_UP_THREADS = 2  # not tuned: a look-up takes a fraction of a millisecond


class Access:
    """Everything that can let somebody in.

    Args:
        database: Holds keys, links, sessions and people.
        open_to_all: Whether anybody who reaches the service may read and ask.
        cookie_name: Of the session cookie. Browsers share cookies between ports of one host, so it should differ by
            port, or two services on one machine would end each other's sessions.
    """

    def __init__(self, database: Database, *, open_to_all: bool = False, cookie_name: str = "course_tutor") -> None:
        self.database = database
        self.open_to_all = open_to_all
        self.cookie_name = cookie_name
        # Of its own: a key must be looked up at once, whatever other threads are busy with.
        self._threads = ThreadPoolExecutor(_LOOK_UP_THREADS, thread_name_prefix="identity")
        with database.reading() as connection:
            self.installation_key = pseudonym_key(connection)
        self.access_tokens = AccessTokens(self.installation_key)
        self.sessions = Sessions(database, self.installation_key)

    async def identify(self, scope: Scope) -> Caller:
        """Who sent this request; ``ANONYMOUS`` when nobody that may enter."""
        headers = Headers(scope=scope)
        if credentials := headers.getlist("authorization"):
            return await self._by_key(credentials)
        cookie = self.cookie_in(headers)
        if cookie and (session := await self._in_thread(self.sessions.find, cookie)):
            return Caller(
                "session",
                session.session_id,
                OF_ROLE[session.role],
                session.courses,
                session.person_id,
                session.links,
                session.framed_by,
            )
        if self.open_to_all:
            # The id is the visitor's own choice. That does no harm: it names nobody, and another's cannot be guessed.
            visitor_id = keys.digest(cookie) if cookie else ""
            return Caller("visitor", visitor_id, STUDENT, person_id=self._person("visitor", visitor_id))
        return ANONYMOUS

    def make_link(self, role: Role = "admin", courses: tuple[str, ...] = ()) -> str:
        """A token for a link that lets one browser in, once; waits for the disk."""
        with self.database.writing() as connection:
            return login_links.create(connection, role, courses, now=datetime.now(UTC))

    async def log_in(self, token: str, headers: Headers) -> str | None:
        """Use a link's token up and start a session, which ends the one that the browser had.

        Returns:
            The session's secret, for a cookie; None when the token is worthless.
        """
        return await self._in_thread(self._enter, token, self.cookie_in(headers))

    def let_in(
        self, headers: Headers, role: Role, courses: tuple[str, ...], *, person_id: str, framed_by: str = ""
    ) -> str:
        """Start the session of an embedding, which ends the one that the browser had; waits for the disk.

        Returns:
            The session's secret, for a cookie.
        """
        instead_of = self.cookie_in(headers)
        return self.sessions.start(role, courses, person_id=person_id, framed_by=framed_by, instead_of=instead_of)

    def launch(self, headers: Headers, role: Role, *, person_id: str, link: PlatformLink, framed_by: str) -> str:
        """Start the session of a launch, which ends the one that the browser had; waits for the disk.

        Returns:
            The session's secret, for a cookie.
        """
        instead_of = self.cookie_in(headers)
        return self.sessions.launch(role, person_id, link, framed_by=framed_by, instead_of=instead_of)

    def embedded_cookie(self, secret: str) -> str:
        """The value of a Set-Cookie header for a page inside another site's.

        Where third-party cookies are blocked, browsers keep only partitioned ones, and those need ``Secure``; they take
        it from this machine without encryption, too.
        """
        return f"{self.cookie_name}={secret}; Path=/; HttpOnly; Secure; SameSite=None; Partitioned"

    def session_cookie(self, secret: str, *, secure: bool) -> str:
        """The value of a Set-Cookie header."""
        return f"{self.cookie_name}={secret}; Path=/; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"

    def cookie_in(self, headers: Headers) -> str:
        """The secret that a browser sent; empty when it sent none."""
        cookies = cookie_parser(headers.get("cookie", ""))
        return cookies.get(self.cookie_name, "")[:_MAX_COOKIE_CHARS]

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown()

    async def _by_key(self, credentials: list[str]) -> Caller:
        scheme, _, secret = credentials[0].partition(" ")
        if len(credentials) > 1 or scheme.lower() != "bearer":
            return ANONYMOUS
        find = self._by_token if looks_like_one(secret) else self._by_secret
        return await self._in_thread(find, secret.strip())

    async def _in_thread(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args, **kwargs))

    def _by_secret(self, secret: str) -> Caller:
        with self.database.reading() as connection:
            key = keys.find(connection, secret, datetime.now(UTC))
        return Caller("key", key.key_id, key.permissions, key.courses) if key else ANONYMOUS

    def _by_token(self, token: str) -> Caller:
        grant = self.access_tokens.read(token)
        if grant is None:
            return ANONYMOUS
        with self.database.reading() as connection:  # the key may have been revoked since
            key = keys.by_id(connection, grant.key_id, datetime.now(UTC))
        return Caller("key", key.key_id, key.permissions & grant.permissions, key.courses) if key else ANONYMOUS

    def _enter(self, token: str, instead_of: str) -> str | None:
        now = datetime.now(UTC)
        with self.database.writing() as connection:
            link = login_links.redeem(connection, token, now=now)
        if link is None:
            return None
        secret = self.sessions.start(link.role, link.courses, instead_of=instead_of)
        person_id = self._person("session", keys.digest(secret))
        with self.database.writing() as connection:
            people.see(connection, person_id, now=now)
            people.grant(connection, person_id, link.role, link.courses, granted_by="link", now=now)
        return secret

    def _person(self, kind: str, identity: str) -> str:
        return pseudonym(self.installation_key, kind, identity) if identity else ""
