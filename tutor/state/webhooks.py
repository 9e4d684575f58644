"""Webhooks and their outbox: word of an event is written with the event itself, and sent when that is on the disk."""

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Row, delete, insert, select, update

from tutor.errors import TutorError
from tutor.state.ids import new_id
from tutor.state.integration_tables import webhook_deliveries, webhooks

Event = Literal["import.completed", "import.failed", "feedback.created", "privacy.erased", "answer.flagged"]
State = Literal["pending", "delivered", "dead"]

EVENTS: tuple[Event, ...] = get_args(Event)
KEPT = timedelta(days=7)  # how long a delivery that has ended can be sent again
CLAIM = timedelta(minutes=1)  # how long one attempt may take before somebody else makes the next
# After the first attempt, which is made at once; as the Standard Webhooks specification suggests.
BACK_OFF = tuple(timedelta(seconds=each) for each in (5, 300, 1800, 7200, 18_000, 36_000, 36_000))
SECRET_PREFIX = "whsec_"  # noqa: S105  (what each begins with)


class UnknownWebhook(TutorError):
    """There is no such webhook, or no such delivery of it."""

    def __init__(self, wanted: str) -> None:
        super().__init__(f"there is no webhook or delivery {wanted!r}")


class WebhookRefused(TutorError):
    """Nothing can be sent there."""


@dataclass(frozen=True, slots=True)
class WebhookRecord:
    """Who is told of what."""

    webhook_id: str
    url: str
    secret: str
    events: tuple[Event, ...]
    courses: tuple[str, ...]  # empty: every course
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """One message to one webhook."""

    delivery_id: str
    webhook_id: str
    event: Event
    course_id: str
    body: str
    state: State
    attempts: int
    last_error: str
    next_at: datetime
    created_at: datetime
    ended_at: datetime | None


def create(
    connection: Connection, url: str, events: Sequence[Event], courses: Sequence[str], *, created_by: str
) -> WebhookRecord:
    """Register a webhook with a secret of its own."""
    secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    record = WebhookRecord(new_id(), url, secret, tuple(events), tuple(courses), created_by, datetime.now(UTC))
    connection.execute(
        insert(webhooks).values(
            webhook_id=record.webhook_id,
            url=record.url,
            secret=record.secret,
            events=list(record.events),
            courses=list(record.courses),
            created_by=record.created_by,
            created_at=record.created_at,
        )
    )
    return record


def all_webhooks(connection: Connection) -> tuple[WebhookRecord, ...]:
    """Every webhook, oldest first."""
    return tuple(map(_webhook, connection.execute(select(webhooks).order_by(webhooks.c.webhook_id))))


def find(connection: Connection, webhook_id: str) -> WebhookRecord:
    """One webhook.

    Raises:
        UnknownWebhook: There is none.
    """
    row = connection.execute(select(webhooks).where(webhooks.c.webhook_id == webhook_id)).one_or_none()
    if row is None:
        raise UnknownWebhook(webhook_id)
    return _webhook(row)


def remove(connection: Connection, webhook_id: str) -> None:
    """Tell it nothing any more, what waits included.

    Raises:
        UnknownWebhook: There is none.
    """
    if connection.execute(delete(webhooks).where(webhooks.c.webhook_id == webhook_id)).rowcount == 0:
        raise UnknownWebhook(webhook_id)


def enqueue(connection: Connection, course_id: str, event: Event, data: Mapping[str, Any]) -> None:
    """Put word of an event into the outbox, for every webhook that wants it.

    Args:
        connection: That of the event, so that both are kept or neither.
        course_id: Whose event; ``audit.INSTALLATION`` for what concerns them all, which only webhooks without courses
            hear of.
        event: Which.
        data: Ids and counts. Never a learner's words and never a secret.
    """
    now = datetime.now(UTC)
    message = {"type": event, "timestamp": now.isoformat(), "data": {"course_id": course_id, **data}}
    for webhook in all_webhooks(connection):
        if event in webhook.events and (not webhook.courses or course_id in webhook.courses):
            connection.execute(
                insert(webhook_deliveries).values(
                    delivery_id=f"msg_{new_id()}",
                    webhook_id=webhook.webhook_id,
                    event=event,
                    course_id=course_id,
                    body=json.dumps(message, separators=(",", ":")),
                    state="pending",
                    attempts=0,
                    last_error="",
                    next_at=now,
                    created_at=now,
                )
            )


def deliveries(connection: Connection, webhook_id: str) -> tuple[DeliveryRecord, ...]:
    """The messages to one webhook, newest first."""
    table = webhook_deliveries.c
    rows = connection.execute(
        select(webhook_deliveries)
        .where(table.webhook_id == webhook_id)
        .order_by(table.created_at.desc(), table.delivery_id.desc())
    )
    return tuple(DeliveryRecord(**row._mapping) for row in rows)


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether any message waits to be sent."""
    table = webhook_deliveries.c
    due = select(table.delivery_id).where(table.state == "pending", table.next_at <= now).limit(1)
    return connection.execute(due).one_or_none() is not None


def claim_due(connection: Connection, now: datetime, *, limit: int) -> tuple[DeliveryRecord, ...]:
    """Take messages that are due; nobody else does until their claim runs out."""
    table = webhook_deliveries.c
    rows = connection.execute(
        select(webhook_deliveries)
        .where(table.state == "pending", table.next_at <= now)
        .order_by(table.next_at)
        .limit(limit)
    ).all()
    taken = []
    for row in rows:
        mine = connection.execute(
            update(webhook_deliveries)
            .where(table.delivery_id == row.delivery_id, table.state == "pending", table.next_at == row.next_at)
            .values(next_at=now + CLAIM, attempts=row.attempts + 1)
        )
        if mine.rowcount == 1:
            taken.append(DeliveryRecord(**{**row._mapping, "attempts": row.attempts + 1}))
    return tuple(taken)


def settle(connection: Connection, delivery: DeliveryRecord, error: str, now: datetime, *, gone: bool = False) -> State:
    """Note how an attempt ended.

    Args:
        connection: A writing one.
        delivery: As it was claimed.
        error: What was wrong; empty when it was taken.
        now: The time on the wall.
        gone: Whether the other side wants no more attempts.
    """
    wait = None if gone or delivery.attempts > len(BACK_OFF) else BACK_OFF[delivery.attempts - 1]
    state: State = "delivered" if not error else ("dead" if wait is None else "pending")
    values: dict[str, Any] = {"state": state, "last_error": error}
    values |= {"next_at": now + wait} if state == "pending" and wait else {"ended_at": now}
    is_it = webhook_deliveries.c.delivery_id == delivery.delivery_id
    connection.execute(update(webhook_deliveries).where(is_it).values(**values))
    return state


def replay(connection: Connection, webhook_id: str, delivery_id: str, now: datetime) -> DeliveryRecord:
    """Send a message again, with all its attempts.

    Raises:
        UnknownWebhook: There is no such message to this webhook.
    """
    table = webhook_deliveries.c
    is_it = (table.webhook_id == webhook_id) & (table.delivery_id == delivery_id)
    values = {"state": "pending", "attempts": 0, "last_error": "", "next_at": now, "ended_at": None}
    connection.execute(update(webhook_deliveries).where(is_it).values(**values))
    row = connection.execute(select(webhook_deliveries).where(is_it)).one_or_none()
    if row is None:
        raise UnknownWebhook(delivery_id)
    return DeliveryRecord(**row._mapping)


def forget(connection: Connection, now: datetime) -> None:
    """Delete deliveries that ended long ago."""
    connection.execute(delete(webhook_deliveries).where(webhook_deliveries.c.ended_at < now - KEPT))


def _webhook(row: Row[Any]) -> WebhookRecord:
    fields = dict(row._mapping)
    return WebhookRecord(**fields | {"events": tuple(fields["events"]), "courses": tuple(fields["courses"])})
