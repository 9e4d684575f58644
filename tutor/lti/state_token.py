"""The ``state`` of a login: signed by us, so that nothing has to be stored for a browser that may never come back.

A flood of logins therefore fills nothing; only the nonce of a launch that was found good is written down, and that
write is what makes it good only once.
"""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import jwt

from tutor.lti.errors import LaunchRefused
from tutor.lti.types import LaunchState

LIFE = timedelta(minutes=10)  # a person may have to sign in at the platform in between
_ALGORITHM = "HS256"
_PURPOSE = "lti-state"


def seal(state: LaunchState, secret: bytes, *, now: datetime | None = None) -> str:
    """Put a state into a token that only we can make."""
    expires = (now or datetime.now(UTC)) + LIFE
    return jwt.encode({**asdict(state), "aud": _PURPOSE, "exp": expires}, secret, algorithm=_ALGORITHM)


def unseal(token: str, secret: bytes) -> LaunchState:
    """Read a state again.

    Raises:
        LaunchRefused: We did not make it, or its time is over.
    """
    try:
        claims = jwt.decode(
            token, secret, algorithms=[_ALGORITHM], audience=_PURPOSE, options={"require": ["exp", "aud", "nonce"]}
        )
    except jwt.PyJWTError as error:
        raise LaunchRefused(f"the state does not hold: {type(error).__name__}") from error
    return LaunchState(**{name: str(claims[name]) for name in asdict(LaunchState("", "", ""))})
