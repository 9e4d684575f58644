"""Tokens of OAuth 2.0 client credentials: an hour of what an API key may do, or of less.

A token names its key and is signed with a key made from the installation's, so every worker can check it. It is no
copy of the key's rights: the key's row is read at each request, so revoking the key ends its tokens at once.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

import jwt

from tutor.permissions import Permission
from tutor.state.keys import ApiKey

LIFE = timedelta(hours=1)
_ALGORITHM = "HS256"
_PURPOSE = "access-token"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token stands for."""

    key_id: str
    permissions: frozenset[Permission]


class AccessTokens:
    """Makes and reads tokens.

    Args:
        installation_key: The installation's own secret.
    """

    def __init__(self, installation_key: bytes) -> None:
        self._secret = hmac.digest(installation_key, _PURPOSE.encode(), hashlib.sha256)

    def issue(self, key: ApiKey, permissions: frozenset[Permission], now: datetime) -> tuple[str, int]:
        """A token for a key, with these of its permissions; and for how many seconds it is good."""
        ends = min(now + LIFE, key.expires_at or now + LIFE)
        claims = {
            "aud": _PURPOSE,
            "sub": key.key_id,
            "scope": " ".join(sorted(permissions)),
            "iat": now,
            "exp": ends,
            "jti": secrets.token_hex(16),
        }
        return jwt.encode(claims, self._secret, algorithm=_ALGORITHM), int((ends - now).total_seconds())

    def read(self, token: str) -> Grant | None:
        """What a token stands for; None when we did not make it, or its time is over."""
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[_ALGORITHM],
                audience=_PURPOSE,
                # Not "iat": a clock that was put back since would refuse it.
                options={"require": ["exp", "sub", "scope"], "verify_iat": False},
            )
        except (jwt.PyJWTError, ValueError):
            return None
        named = str(claims["scope"]).split()
        return Grant(str(claims["sub"]), frozenset(each for each in get_args(Permission) if each in named))


def looks_like_one(credential: str) -> bool:
    """Whether a bearer credential is a token rather than a key."""
    return credential.count(".") == 2
