"""From a request's headers to a caller: bearer key, session cookie, or a visitor where the service is open to all.

A credential that is sent and wrong is refused; it never falls back to being a visitor.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from tutor.api.callers import ANONYMOUS, Caller
from tutor.api.sessions import OneTimeTokens, Sessions
from tutor.keys import KeyFile

_MAX_COOKIE_CHARS = 200


@dataclass(frozen=True)
class Access:
    """Everything that can let somebody in.

    Args:
        keys: The installation's API keys.
        open_to_all: Whether anybody who reaches the service may read and ask.
        cookie_name: Of the session cookie. Browsers share cookies between ports of one host, so it should differ by
            port, or two services on one machine would end each other's sessions.
    """

    keys: KeyFile
    open_to_all: bool = False
    cookie_name: str = "course_tutor"
    sessions: Sessions = field(default_factory=Sessions)
    tokens: OneTimeTokens = field(default_factory=OneTimeTokens)
    chat_key: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    def identify(self, scope: Scope) -> Caller:
        """Who sent this request; ``ANONYMOUS`` when nobody that may enter."""
        headers = Headers(scope=scope)
        if credentials := headers.getlist("authorization"):
            return self._by_key(credentials)
        cookie = self._cookie(headers)
        if cookie and (session_id := self.sessions.find(cookie)):
            return Caller("session", session_id)
        if self.open_to_all:
            # The id is the visitor's own choice. That does no harm: it names nobody, and another's cannot be guessed.
            return Caller("visitor", hashlib.sha256(cookie.encode()).hexdigest() if cookie else "")
        return ANONYMOUS

    def session_cookie(self, secret: str, *, secure: bool) -> str:
        """The value of a Set-Cookie header."""
        return f"{self.cookie_name}={secret}; Path=/; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"

    def _by_key(self, credentials: list[str]) -> Caller:
        scheme, _, secret = credentials[0].partition(" ")
        if len(credentials) > 1 or scheme.lower() != "bearer":
            return ANONYMOUS
        secret = secret.strip()
        if hmac.compare_digest(secret.encode("latin-1", "replace"), self.chat_key.encode()):
            return Caller("chat", "chat")
        key = self.keys.find(secret)
        return Caller("key", key.key_id, key.courses) if key else ANONYMOUS

    def _cookie(self, headers: Headers) -> str:
        cookies = cookie_parser(headers.get("cookie", ""))
        return cookies.get(self.cookie_name, "")[:_MAX_COOKIE_CHARS]
