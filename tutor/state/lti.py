"""Platforms, deployments, keys and invitations in SQL, and the nonces that make a launch good only once."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from tutor.lti.errors import LaunchRefused, RegistrationRefused, UnknownPlatform
from tutor.lti.signing_keys import SigningKey
from tutor.lti.types import Platform
from tutor.state.lti_tables import (
    lti_contexts,
    lti_deployments,
    lti_invites,
    lti_keys,
    lti_platforms,
    lti_used_nonces,
)
from tutor.state.sessions import CLOCK_MAY_JUMP

# A state is good for ten minutes; a clock that jumps ahead and comes back makes no launch good anew.
NONCE_LIFE = CLOCK_MAY_JUMP + timedelta(hours=2)
INVITE_LIFE = timedelta(days=7)
_HOSTS = r"[a-z0-9._-]+(,[a-z0-9._-]+)*"
_MAX_HOSTS_CHARS = 255  # as the table holds
KEY_AFTERLIFE = timedelta(days=1)  # a retired key is still published until what it signed has run out


def add_platform(connection: Connection, platform: Platform, now: datetime) -> None:
    """Register a platform."""
    row = {**{name: getattr(platform, name) for name in _FIELDS}, "courses": list(platform.courses)}
    connection.execute(insert(lti_platforms).values(**row, created_at=now))


def platforms(connection: Connection) -> tuple[Platform, ...]:
    """Every registered platform, oldest first."""
    rows = connection.execute(select(*_COLUMNS).order_by(lti_platforms.c.created_at)).mappings()
    return tuple(Platform(**{**row, "courses": tuple(row["courses"])}) for row in rows)


def platform_by_id(connection: Connection, platform_id: str) -> Platform:
    """One platform.

    Raises:
        UnknownPlatform: There is none of this id.
    """
    found = [platform for platform in platforms(connection) if platform.platform_id == platform_id]
    if not found:
        raise UnknownPlatform(platform_id)
    return found[0]


def platform_of_login(connection: Connection, issuer: str, client_id: str) -> Platform:
    """The platform that a login names; the client id may be left out where it is the issuer's only one.

    Raises:
        LaunchRefused: None is registered, or several and the login does not say which.
    """
    found = [
        platform
        for platform in platforms(connection)
        if platform.issuer == issuer and client_id in ("", platform.client_id)
    ]
    if len(found) != 1:
        raise LaunchRefused(f"{len(found)} platforms are registered for this issuer and client id")
    return found[0]


def remove_platform(connection: Connection, platform_id: str) -> None:
    """Forget a platform and everything of it; its links launch no more.

    Raises:
        UnknownPlatform: There is none of this id.
    """
    if connection.execute(delete(lti_platforms).where(lti_platforms.c.platform_id == platform_id)).rowcount == 0:
        raise UnknownPlatform(platform_id)


def add_deployment(
    connection: Connection, platform_id: str, deployment_id: str, *, approved: bool, now: datetime
) -> None:
    """Note a deployment; one that is noted already is approved, never the other way round."""
    table = lti_deployments
    here = (table.c.platform_id == platform_id) & (table.c.deployment_id == deployment_id)
    look = select(table.c.approved).where(here)
    if connection.execute(look).one_or_none() is None:
        fields = {"platform_id": platform_id, "deployment_id": deployment_id, "approved": approved, "created_at": now}
        try:
            with connection.begin_nested():  # two launches may bring a new deployment at the same moment
                connection.execute(insert(table).values(fields))
        except IntegrityError:
            if connection.execute(look).one_or_none() is None:
                raise  # no other launch: the platform is gone
    if approved:
        connection.execute(update(table).where(here).values(approved=True))


def is_approved(connection: Connection, platform_id: str, deployment_id: str) -> bool:
    """Whether launches of this deployment are let in."""
    table = lti_deployments
    here = (table.c.platform_id == platform_id) & (table.c.deployment_id == deployment_id)
    return bool(connection.execute(select(table.c.approved).where(here)).scalar_one_or_none())


def deployments(connection: Connection, platform_id: str) -> dict[str, bool]:
    """The platform's deployments, and whether each is approved."""
    query = select(lti_deployments.c.deployment_id, lti_deployments.c.approved).where(
        lti_deployments.c.platform_id == platform_id
    )
    return {row.deployment_id: row.approved for row in connection.execute(query)}


def link_context(connection: Connection, platform_id: str, context_id: str, course_id: str, now: datetime) -> None:
    """Let a platform's course open one of ours where its links name none."""
    here = (lti_contexts.c.platform_id == platform_id) & (lti_contexts.c.context_id == context_id)
    connection.execute(delete(lti_contexts).where(here))
    connection.execute(
        insert(lti_contexts).values(platform_id=platform_id, context_id=context_id, course_id=course_id, created_at=now)
    )


def course_of_context(connection: Connection, platform_id: str, context_id: str) -> str:
    """The course that a platform's course opens; empty when nobody has said."""
    here = (lti_contexts.c.platform_id == platform_id) & (lti_contexts.c.context_id == context_id)
    return connection.execute(select(lti_contexts.c.course_id).where(here)).scalar_one_or_none() or ""


def use_nonce(connection: Connection, nonce: str, now: datetime) -> None:
    """Use a launch's nonce up, for every worker and across restarts. Call it only for a launch that was found good.

    Raises:
        LaunchRefused: It was used before.
    """
    connection.execute(delete(lti_used_nonces).where(lti_used_nonces.c.expires_at < now))
    try:
        with connection.begin_nested():
            connection.execute(insert(lti_used_nonces).values(nonce=_hash(nonce), expires_at=now + NONCE_LIFE))
    except IntegrityError as error:
        raise LaunchRefused("the nonce was used before: this launch is a replay") from error


def current_key(connection: Connection) -> SigningKey | None:
    """The key to sign with, if there is one yet."""
    row = connection.execute(
        select(lti_keys.c.key_id, lti_keys.c.private_pem)
        .where(lti_keys.c.retired_at.is_(None))
        .order_by(lti_keys.c.created_at.desc())
        .limit(1)
    ).one_or_none()
    return SigningKey(*row) if row is not None else None


def signing_key(connection: Connection, now: datetime) -> SigningKey:
    """The key to sign with; the first call makes it."""
    return current_key(connection) or rotate_signing_key(connection, now)


def rotate_signing_key(connection: Connection, now: datetime) -> SigningKey:
    """Sign with a new key from now on; the one before stays published for a day."""
    connection.execute(update(lti_keys).where(lti_keys.c.retired_at.is_(None)).values(retired_at=now))
    connection.execute(delete(lti_keys).where(lti_keys.c.retired_at < now - KEY_AFTERLIFE))
    key = SigningKey.new()
    connection.execute(insert(lti_keys).values(key_id=key.key_id, private_pem=key.private_pem, created_at=now))
    return key


def published_keys(connection: Connection, now: datetime) -> tuple[SigningKey, ...]:
    """The keys whose signatures may still be about, newest first."""
    rows = connection.execute(
        select(lti_keys.c.key_id, lti_keys.c.private_pem)
        .where(lti_keys.c.retired_at.is_(None) | (lti_keys.c.retired_at >= now - KEY_AFTERLIFE))
        .order_by(lti_keys.c.created_at.desc())
    )
    return tuple(SigningKey(*row) for row in rows)


def make_invite(connection: Connection, hosts: Sequence[str], courses: Sequence[str], now: datetime) -> str:
    """An invitation for one platform to register itself; shown once, good for a week and for one registration.

    Raises:
        RegistrationRefused: A host is no host's name, or together they are too long.
    """
    named = ",".join(hosts).lower()
    if not re.fullmatch(_HOSTS, named) or len(named) > _MAX_HOSTS_CHARS:
        raise RegistrationRefused(f"{named!r}: name the platform's hosts as moodle.example.edu, without https://")
    code = secrets.token_urlsafe(32)
    connection.execute(
        insert(lti_invites).values(
            code_sha256=_hash(code), host=named, courses=list(courses), created_at=now, expires_at=now + INVITE_LIFE
        )
    )
    return code


def use_invite(connection: Connection, code: str, now: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Use an invitation up.

    Returns:
        The hosts and the courses that it names.

    Raises:
        RegistrationRefused: There is none, it was used, or its time is over; nobody is told which.
    """
    here = (
        (lti_invites.c.code_sha256 == _hash(code)) & lti_invites.c.used_at.is_(None) & (lti_invites.c.expires_at > now)
    )
    row = connection.execute(select(lti_invites.c.host, lti_invites.c.courses).where(here)).one_or_none()
    if row is None or connection.execute(update(lti_invites).where(here).values(used_at=now)).rowcount != 1:
        raise RegistrationRefused("this invitation is not good, or not any more; ask for another one")
    return tuple(row.host.split(",")), tuple(row.courses)


_FIELDS = (
    "platform_id", "name", "issuer", "client_id", "auth_url", "token_url", "jwks_url", "token_audience",
    "trusts_instructors",
)  # fmt: skip
_COLUMNS = [*(lti_platforms.c[name] for name in _FIELDS), lti_platforms.c.courses]


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
