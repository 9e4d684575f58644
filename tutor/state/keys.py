"""API keys in SQL: made, kept as hashes, found again, revoked.

A key is shown once, when it is made; its row holds its SHA-256 only. A plain hash is enough here, as a key has 256
random bits: there is nothing to guess. Each request looks its key up, so that a revoked one is refused at once.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from tutor.errors import TutorError
from tutor.permissions import STUDENT, Permission
from tutor.state.people_tables import api_keys

PREFIX = "ct_"


class UnknownKey(TutorError):
    """No key has this id."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"there is no key {key_id!r}; see: course-tutor keys list")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of one key: everything but the key."""

    key_id: str
    name: str
    sha256: str
    permissions: frozenset[Permission]
    courses: tuple[str, ...]  # empty: every course
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    public_jwk: Mapping[str, Any] | None = None  # of a client that signs instead of sending its key

    def opens(self, course_id: str) -> bool:
        """Whether the key may know this course."""
        return not self.courses or course_id in self.courses

    def good(self, now: datetime) -> bool:
        """Whether the key lets anybody in at ``now``."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def create(
    connection: Connection,
    name: str,
    *,
    permissions: frozenset[Permission] = STUDENT,
    courses: Sequence[str] = (),
    expires_at: datetime | None = None,
    public_jwk: Mapping[str, Any] | None = None,
) -> tuple[ApiKey, str]:
    """Make a key and keep its hash.

    Returns:
        What is kept, and the key itself, which nobody can be shown again.
    """
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(
        key_id=secrets.token_hex(4),
        name=name,
        sha256=digest(secret),
        permissions=permissions,
        courses=tuple(courses),
        created_at=datetime.now(UTC),
        expires_at=expires_at,
        revoked_at=None,
        public_jwk=public_jwk,
    )
    keep(connection, key)
    return key, secret


def keep(connection: Connection, key: ApiKey) -> None:
    """Keep a key that was made already."""
    connection.execute(
        insert(api_keys).values(
            key_id=key.key_id,
            name=key.name,
            sha256=key.sha256,
            permissions=sorted(key.permissions),
            courses=list(key.courses),
            created_at=key.created_at,
            expires_at=key.expires_at,
            revoked_at=key.revoked_at,
            public_jwk=dict(key.public_jwk) if key.public_jwk else None,
        )
    )


def revoke(connection: Connection, key_id: str) -> ApiKey:
    """Make a key worthless; its row stays, so that the log of changes can be read.

    Raises:
        UnknownKey: No key that is good has this id.
    """
    now = datetime.now(UTC)
    found = next((key for key in all_keys(connection) if key.key_id == key_id and key.revoked_at is None), None)
    if found is None:
        raise UnknownKey(key_id)
    connection.execute(update(api_keys).where(api_keys.c.key_id == key_id).values(revoked_at=now))
    return replace(found, revoked_at=now)


def all_keys(connection: Connection) -> tuple[ApiKey, ...]:
    """Every key, oldest first; expired and revoked ones too."""
    rows = connection.execute(select(api_keys).order_by(api_keys.c.created_at, api_keys.c.key_id))
    return tuple(_read(row._mapping) for row in rows)


def find(connection: Connection, secret: str, now: datetime) -> ApiKey | None:
    """The key that ``secret`` is, if it is one and good.

    Looked up by its hash: how long that takes tells nothing, as nobody can choose what a hash begins with.
    """
    sha256 = digest(secret)
    row = connection.execute(select(api_keys).where(api_keys.c.sha256 == sha256)).one_or_none()
    if row is None or not hmac.compare_digest(row.sha256, sha256):
        return None
    key = _read(row._mapping)
    return key if key.good(now) else None


def by_id(connection: Connection, key_id: str, now: datetime) -> ApiKey | None:
    """The key of that id, if it is good; whoever asks has checked that it is theirs in another way."""
    row = connection.execute(select(api_keys).where(api_keys.c.key_id == key_id)).one_or_none()
    key = _read(row._mapping) if row is not None else None
    return key if key and key.good(now) else None


def digest(secret: str) -> str:
    """What is kept of a secret that has so many random bits that it cannot be guessed."""
    # "surrogatepass": a header is bytes to its sender, so a key may be anything; it must not be an error.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _read(row: object) -> ApiKey:
    fields = dict(row)  # type: ignore[call-overload]
    return ApiKey(**fields | {"permissions": frozenset(fields["permissions"]), "courses": tuple(fields["courses"])})
