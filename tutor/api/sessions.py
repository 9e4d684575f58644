"""Browser sessions and the one-time link that starts one, both in memory only.

As with Jupyter, whoever can read the terminal may use the service: the link that ``serve`` prints holds a token that
works once and becomes a session cookie. A restart ends every session.
"""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

MAX_SESSIONS = 1000  # not tuned: one person has a handful
SESSION_LIFETIME_S = 7 * 24 * 3600.0


class OneTimeTokens:
    """The token of the newest printed link; a new link makes the one before worthless.

    Without a lock, as only the event loop's thread comes here: one that a signal handler found taken by the code it
    interrupted would never be released.
    """

    def __init__(self) -> None:
        self._expected: str | None = None

    def mint(self) -> str:
        """A new token of 256 random bits."""
        token = secrets.token_urlsafe(32)
        self._expected = _digest(token)
        return token

    def redeem(self, token: str) -> bool:
        """Whether this is the token and nobody used it before; afterwards it is used."""
        good = self._expected is not None and hmac.compare_digest(self._expected, _digest(token))
        if good:
            self._expected = None
        return good


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
        self._ends: OrderedDict[str, float] = OrderedDict()

    def start(self) -> str:
        """Begin a session and give its secret, for a cookie."""
        secret = secrets.token_urlsafe(32)
        self._ends[_digest(secret)] = self._clock() + self._lifetime_s
        while len(self._ends) > self._max_sessions:
            self._ends.popitem(last=False)
        return secret

    def find(self, secret: str) -> str | None:
        """The session's id, which is no secret, while it lasts."""
        session_id = _digest(secret)
        ends = self._ends.get(session_id)
        if ends is None:
            return None
        if ends <= self._clock():
            del self._ends[session_id]
            return None
        self._ends.move_to_end(session_id)
        return session_id


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
