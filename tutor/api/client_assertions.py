"""``private_key_jwt``: a client proves itself with a signature instead of a secret (RFC 7523).

The key's row holds the client's public key; each assertion is good for minutes, for our token endpoint, and once.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from sqlalchemy import Connection

from tutor.errors import TutorError
from tutor.state import keys, used_tokens
from tutor.state.keys import ApiKey

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_LIFE = timedelta(minutes=10)
LEEWAY_S = 60  # clocks differ
MIN_RSA_BITS = 2048

# By kind of key and curve: the key decides how it signs, never the token.
_ALGORITHMS = {("RSA", None): "RS256", ("EC", "P-256"): "ES256", ("EC", "P-384"): "ES384"}


class AssertionRefused(TutorError):
    """The assertion proves nothing."""


class UnusablePublicKey(TutorError):
    """The key cannot be registered."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"this public key cannot be used: {reason}; give RSA (2048 bits or more), P-256 or P-384")


def checked_public_jwk(jwk: object) -> dict[str, Any]:
    """A JWK that may be registered, with its public parts only.

    Raises:
        UnusablePublicKey: It is none, of another kind, too short or private.
    """
    if not isinstance(jwk, dict) or (jwk.get("kty"), jwk.get("crv")) not in _ALGORITHMS:
        raise UnusablePublicKey("it is no JWK of an RSA or elliptic-curve key")
    if "d" in jwk:
        raise UnusablePublicKey("it holds the private key, which must stay with the client")
    public = {name: jwk[name] for name in ("kty", "n", "e", "crv", "x", "y", "kid") if name in jwk}
    try:
        key = _public_key(public).key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise UnusablePublicKey(f"it cannot be read ({type(error).__name__})") from error
    if jwk["kty"] == "RSA" and key.key_size < MIN_RSA_BITS:
        raise UnusablePublicKey(f"it has {key.key_size} bits")
    return public


def key_of_assertion(connection: Connection, assertion: str, client_id: str, *, audience: str, now: datetime) -> ApiKey:
    """The key whose owner signed this; uses the assertion up.

    Raises:
        AssertionRefused: Nobody we know did, or not for this, or it came before.
    """
    try:
        issuer = str(jwt.decode(assertion, options={"verify_signature": False}).get("iss", ""))
    except (jwt.PyJWTError, ValueError) as error:
        raise AssertionRefused("the assertion cannot be read") from error
    key = keys.by_id(connection, issuer, now)
    if key is None or key.public_jwk is None or (client_id and client_id != issuer):
        raise AssertionRefused("iss is no client with a registered public key, or another than client_id")
    try:
        claims = jwt.decode(
            assertion,
            _public_key(key.public_jwk),
            algorithms=[_algorithm(key.public_jwk)],
            audience=audience,
            issuer=key.key_id,
            subject=key.key_id,
            leeway=LEEWAY_S,
            options={"require": ["exp", "iss", "sub", "aud", "jti"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise AssertionRefused(f"the assertion does not hold: {type(error).__name__}") from error
    expires_at = datetime.fromtimestamp(int(claims["exp"]), UTC)
    if expires_at > now + LONGEST_LIFE + timedelta(seconds=LEEWAY_S):
        raise AssertionRefused(f"exp lies more than {LONGEST_LIFE.seconds // 60} minutes ahead")
    forget_at = expires_at + timedelta(seconds=LEEWAY_S)
    if not used_tokens.use(connection, "client-assertion", f"{key.key_id}|{claims['jti']}", expires_at=forget_at):
        raise AssertionRefused("this jti was used before")
    return key


def _public_key(jwk: Mapping[str, Any]) -> jwt.PyJWK:
    return jwt.PyJWK(dict(jwk), algorithm=_algorithm(jwk))


def _algorithm(jwk: Mapping[str, Any]) -> str:
    return _ALGORITHMS[jwk["kty"], jwk.get("crv")]
