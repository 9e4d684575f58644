"""People by pseudonym, and the roles they came with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from tutor.permissions import Role
from tutor.state.people_tables import people, roles

EVERY_COURSE = "*"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, as far as the installation knows them."""

    person_id: str
    created_at: datetime
    last_seen_at: datetime


def see(connection: Connection, person_id: str, *, now: datetime) -> None:
    """Note that a person was here."""
    seen = connection.execute(update(people).where(people.c.person_id == person_id).values(last_seen_at=now))
    if seen.rowcount == 0:
        connection.execute(insert(people).values(person_id=person_id, created_at=now, last_seen_at=now))


def grant(
    connection: Connection, person_id: str, role: Role, courses: Sequence[str], *, granted_by: str, now: datetime
) -> None:
    """Note a role in some courses, or, where none is named, in all."""
    for course_id in courses or (EVERY_COURSE,):
        place = (roles.c.course_id == course_id) & (roles.c.person_id == person_id)
        values = {"role": role, "granted_by": granted_by, "granted_at": now}
        if connection.execute(update(roles).where(place).values(**values)).rowcount == 0:
            connection.execute(insert(roles).values(course_id=course_id, person_id=person_id, **values))


def find(connection: Connection, person_id: str) -> Person | None:
    """One person."""
    row = connection.execute(select(people).where(people.c.person_id == person_id)).one_or_none()
    return Person(**row._mapping) if row else None
