"""The log of changes: who did what to which thing, written in the transaction of the change itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from tutor.state.ids import new_id
from tutor.state.people_tables import audit_log

INSTALLATION = "-"  # instead of a course, for what concerns them all


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One change."""

    course_id: str
    event_id: str
    at: datetime
    actor: str  # a person's id, "key:<id>" or "cli"
    action: str  # "source.delete"
    object_id: str
    detail: Mapping[str, Any]


def record(
    connection: Connection,
    course_id: str,
    actor: str,
    action: str,
    object_id: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Note a change.

    Args:
        connection: That of the change, so that both are kept or neither.
        course_id: Whose data changed; ``INSTALLATION`` for what concerns them all.
        actor: Who did it: a person's id, ``key:<id>`` or ``cli``.
        action: What: the kind of thing, a dot, a verb.
        object_id: Which thing.
        detail: Facts that the ids do not tell. Never a learner's words and never a secret.
    """
    connection.execute(
        insert(audit_log).values(
            course_id=course_id,
            event_id=new_id(),
            at=datetime.now(UTC),
            actor=actor,
            action=action,
            object_id=object_id,
            detail=dict(detail or {}),
        )
    )


def events(connection: Connection, course_id: str, *, limit: int = 100) -> tuple[AuditEvent, ...]:
    """The newest changes, newest first."""
    rows = connection.execute(
        select(audit_log)
        .where(audit_log.c.course_id == course_id)
        .order_by(audit_log.c.at.desc(), audit_log.c.event_id.desc())
        .limit(limit)
    )
    return tuple(AuditEvent(**row._mapping) for row in rows)
