"""Browser sessions in SQL: good in every process of a service and after its restart, and ended for all of them at once.

Only the hash of a session's secret is kept. Times lie on the wall clock, which processes share and which may jump: a
session that seems to end early is only passed over until the clock is right again, and is deleted a day later.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from tutor.permissions import Role
from tutor.state.session_tables import sessions

USED_TO = timedelta(hours=1)  # a session's last use is noted this coarsely: a write for each request would be dear
CLOCK_MAY_JUMP = timedelta(days=1)  # a session from further in the future was made while the clock was wrong


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One session, as it is kept."""

    session_id: str
    person_id: str
    role: Role
    courses: tuple[str, ...]
    framing_origins: str
    sealed: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime


def add(connection: Connection, record: SessionRecord, *, at_most: int) -> None:
    """Keep a new session; of more than so many, those unused for longest give way."""
    fields = {name: getattr(record, name) for name in SessionRecord.__slots__}
    connection.execute(insert(sessions).values(**fields | {"courses": list(record.courses)}))
    too_many = connection.execute(select(func.count()).select_from(sessions)).scalar_one() - at_most
    if too_many > 0:
        oldest = (
            select(sessions.c.session_id)
            .where(sessions.c.session_id != record.session_id)
            .order_by(sessions.c.used_at)
            .limit(too_many)
        )
        connection.execute(delete(sessions).where(sessions.c.session_id.in_(oldest)))


def find(connection: Connection, session_id: str, now: datetime) -> SessionRecord | None:
    """A session while it lasts."""
    row = connection.execute(_FIND, {"session_id": session_id}).one_or_none()
    if row is None or not row.created_at - CLOCK_MAY_JUMP <= now < row.expires_at:
        return None
    return SessionRecord(**{**row._mapping, "courses": tuple(row.courses)})


def use(connection: Connection, session_id: str, now: datetime) -> None:
    """Note that it is in use."""
    connection.execute(update(sessions).where(sessions.c.session_id == session_id).values(used_at=now))


def end(connection: Connection, session_id: str) -> None:
    """End a session, if it is one: no process knows it from the moment this is committed."""
    connection.execute(delete(sessions).where(sessions.c.session_id == session_id))


def forget(connection: Connection, now: datetime) -> None:
    """Delete those whose time is over, and those that a wrong clock put ahead."""
    over = (sessions.c.expires_at < now - CLOCK_MAY_JUMP) | (sessions.c.created_at > now + CLOCK_MAY_JUMP)
    connection.execute(delete(sessions).where(over))


_FIND = select(sessions).where(sessions.c.session_id == bindparam("session_id"))
