"""Links that start a browser session, each once: their tokens' hashes, what they let in to, and until when."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from tutor.permissions import Role
from tutor.state.keys import digest
from tutor.state.people_tables import login_links

LIFETIME = timedelta(hours=24)  # of a link that a terminal shows: long enough for the day, short enough for a log


@dataclass(frozen=True, slots=True)
class LoginLink:
    """What a used link lets its browser do."""

    role: Role
    courses: tuple[str, ...]  # empty: every course


def create(
    connection: Connection, role: Role, courses: Sequence[str], *, now: datetime, lifetime: timedelta = LIFETIME
) -> str:
    """A new token of 256 random bits, for a link; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    connection.execute(delete(login_links).where(login_links.c.expires_at <= now))
    connection.execute(
        insert(login_links).values(
            token_sha256=digest(token),
            role=role,
            courses=list(courses),
            created_at=now,
            expires_at=now + lifetime,
            used_at=None,
        )
    )
    return token


def redeem(connection: Connection, token: str, *, now: datetime) -> LoginLink | None:
    """Use a token up; None when it is none, was used or is too old. Of many at once, one gets the link."""
    sha256 = digest(token)
    unused = login_links.c.used_at.is_(None) & (login_links.c.expires_at > now)
    used = connection.execute(
        update(login_links).where((login_links.c.token_sha256 == sha256) & unused).values(used_at=now)
    )
    if used.rowcount != 1:
        return None
    row = connection.execute(
        select(login_links.c.role, login_links.c.courses).where(login_links.c.token_sha256 == sha256)
    ).one()
    return LoginLink(row.role, tuple(row.courses))


def retire(connection: Connection, role: Role) -> None:
    """Make the links of a role that nobody used yet worthless."""
    connection.execute(delete(login_links).where((login_links.c.role == role) & login_links.c.used_at.is_(None)))
