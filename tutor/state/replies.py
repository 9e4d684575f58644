"""Replies kept for a day, so that a request that is sent again with the same key is not carried out again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from tutor.errors import TutorError
from tutor.state.course_tables import courses
from tutor.state.privacy import REPLIES_LIFE
from tutor.state.work_tables import kept_replies

_RUNNING = 0  # instead of a status, until there is a reply


class KeyReused(TutorError):
    """The key was sent with another request before."""

    def __init__(self) -> None:
        super().__init__("this Idempotency-Key was used for another request in the last 24 hours; take a new one")


class StillRunning(TutorError):
    """The first request with the key has not been answered yet."""

    def __init__(self) -> None:
        super().__init__("the first request with this Idempotency-Key is still worked on; ask again in a moment")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request that carries a key: whose, and what it wants."""

    course_id: str  # audit.INSTALLATION where it is about none
    caller_id: str
    idempotency_key: str
    request_sha256: str


@dataclass(frozen=True, slots=True)
class KeptReply:
    """What the first request was answered with."""

    status: int
    headers: Mapping[str, str]
    body: str


def begin(connection: Connection, attempt: Attempt, now: datetime, *, gives_up: timedelta) -> KeptReply | None:
    """Take the key for a request that comes for the first time.

    Args:
        connection: A writing one.
        attempt: The request.
        now: The time on the wall.
        gives_up: How long a request can be worked on; one that is older died with its worker.

    Returns:
        The reply of the first request; None when this is the first, to be ended with ``keep`` or ``release``.

    Raises:
        KeyReused: The first request was another one.
        StillRunning: It has no reply yet.
    """
    row = connection.execute(select(kept_replies).where(_is(attempt))).one_or_none()
    if row is not None:
        age = abs(now - row.created_at)  # a clock that was put back makes nothing immortal
        if age < (gives_up if row.status == _RUNNING else REPLIES_LIFE):
            if row.request_sha256 != attempt.request_sha256:
                raise KeyReused
            if row.status == _RUNNING:
                raise StillRunning
            return KeptReply(row.status, row.headers, row.body)
        release(connection, attempt)
    connection.execute(
        insert(kept_replies).values(
            course_id=attempt.course_id,
            caller_id=attempt.caller_id,
            idempotency_key=attempt.idempotency_key,
            request_sha256=attempt.request_sha256,
            status=_RUNNING,
            headers={},
            body="",
            created_at=now,
        )
    )
    return None


def keep(connection: Connection, attempt: Attempt, reply: KeptReply) -> None:
    """Keep the reply of the first request."""
    values: dict[str, Any] = {"status": reply.status, "headers": dict(reply.headers), "body": reply.body}
    connection.execute(update(kept_replies).where(_is(attempt)).values(**values))


def release(connection: Connection, attempt: Attempt) -> None:
    """Let the key be used again: its request failed in a way that may pass."""
    connection.execute(delete(kept_replies).where(_is(attempt)))


def keeps_questions(connection: Connection, course_id: str) -> bool:
    """Whether replies that hold a learner's words may be kept at all."""
    found = connection.execute(select(courses.c.log_questions).where(courses.c.course_id == course_id))
    return bool(found.scalar_one_or_none())


def _is(attempt: Attempt) -> ColumnElement[bool]:
    table = kept_replies.c
    return and_(
        table.course_id == attempt.course_id,
        table.caller_id == attempt.caller_id,
        table.idempotency_key == attempt.idempotency_key,
    )
