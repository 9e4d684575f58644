"""What is kept of people, for how long, and how one person gets it or has it erased.

Which tables hold something of a person follows from their columns, so that a table that is added later is not
forgotten: ``person_id`` makes a row theirs, a foreign key to such a row makes it theirs too, and ``created_by``,
``granted_by`` and ``actor`` make them its author.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, exists, func, select, update

from tutor.errors import TutorError
from tutor.state import webhooks
from tutor.state.asking_tables import questions
from tutor.state.audit import INSTALLATION
from tutor.state.course_tables import courses
from tutor.state.every_table import EVERY_TABLE
from tutor.state.people_tables import login_links, people
from tutor.state.scope import ACROSS_COURSES
from tutor.state.work_tables import kept_replies

ERASED = "erased"  # stands for the author of what stays when a person is erased
REPLIES_LIFE = timedelta(days=1)  # a request that is sent again comes within minutes

_AUTHOR_COLUMNS = ("created_by", "granted_by", "actor", "caller_id")


class UnknownPerson(TutorError):
    """Nothing is kept of a person with this id."""

    def __init__(self, person_id: str) -> None:
        nobody = "a key is not a person, nor is a visitor without a session; name one: /api/v1/people/{person}"
        super().__init__(f"nothing is kept of a person {person_id!r}" if person_id else nobody)


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge deleted."""

    questions: int
    people: int


def purge(connection: Connection, *, now: datetime, retention_days: int) -> Purged:
    """Delete what is older than its course's retention, and people of whom nothing is left.

    Args:
        connection: A writing one.
        now: The moment that ages are counted to.
        retention_days: For courses that set none of their own.
    """
    n_questions = 0
    rows = connection.execute(select(questions.c.course_id).distinct(), execution_options=ACROSS_COURSES)
    for course_id in rows.scalars().all():
        own = connection.execute(
            select(courses.c.retention_days).where(courses.c.course_id == course_id)
        ).scalar_one_or_none()
        oldest = now - timedelta(days=retention_days if own is None else own)
        n_questions += connection.execute(
            delete(questions).where((questions.c.course_id == course_id) & (questions.c.asked_at < oldest))
        ).rowcount
    connection.execute(
        delete(kept_replies).where(kept_replies.c.created_at < now - REPLIES_LIFE), execution_options=ACROSS_COURSES
    )
    connection.execute(delete(login_links).where(login_links.c.expires_at < now))
    return Purged(n_questions, _purge_people(connection, now - timedelta(days=retention_days)))


def export(connection: Connection, person_id: str) -> Mapping[str, list[dict[str, Any]]]:
    """Every row that is the person's or that they made, by table; empty tables are left out.

    Raises:
        UnknownPerson: There is none.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for table in EVERY_TABLE:
        mine = _theirs(table, person_id)
        if mine is None:
            mine = _made_by(table, person_id)
        if mine is not None:
            rows = connection.execute(select(table).where(mine), execution_options=ACROSS_COURSES)
            if kept := [dict(row._mapping) for row in rows]:
                found[table.name] = kept
    if not found:
        raise UnknownPerson(person_id)
    return found


def erase(connection: Connection, person_id: str) -> int:
    """Delete every row that is the person's, and their name from what they made for others, which stays.

    Returns:
        How many rows were deleted.

    Raises:
        UnknownPerson: There is none.
    """
    export(connection, person_id)
    n_deleted = 0
    for table in reversed(EVERY_TABLE):  # what refers to a row goes before the row
        if (mine := _theirs(table, person_id)) is not None:
            n_deleted += connection.execute(delete(table).where(mine), execution_options=ACROSS_COURSES).rowcount
        for name in _AUTHOR_COLUMNS:
            if name in table.c and table is not kept_replies:
                statement = update(table).where(table.c[name] == person_id).values({name: ERASED})
                connection.execute(statement, execution_options=ACROSS_COURSES)
    connection.execute(
        delete(kept_replies).where(kept_replies.c.caller_id == person_id), execution_options=ACROSS_COURSES
    )
    # Others may keep something under the same pseudonym.
    webhooks.enqueue(connection, INSTALLATION, "privacy.erased", {"person_id": person_id})
    return n_deleted


def _theirs(table: Table, person_id: str) -> ColumnElement[bool] | None:
    """What makes a row of the table the person's; None where no row can be."""
    if "person_id" in table.c:
        return table.c.person_id == person_id
    for constraint in table.foreign_key_constraints:
        owner = constraint.referred_table
        if "person_id" in owner.c:
            same = [element.parent == element.column for element in constraint.elements]
            return exists().where(and_(*same, owner.c.person_id == person_id))
    return None


def _made_by(table: Table, person_id: str) -> ColumnElement[bool] | None:
    columns = [table.c[name] for name in _AUTHOR_COLUMNS if name in table.c]
    return columns[0] == person_id if columns else None


def _purge_people(connection: Connection, oldest: datetime) -> int:
    """Delete people who have not been here since, and of whom no other row is left but their roles."""
    idle = people.c.last_seen_at < oldest
    for table in EVERY_TABLE:
        if "person_id" in table.c and table.name not in ("people", "roles"):
            idle &= ~exists().where(table.c.person_id == people.c.person_id)
    found = connection.execute(select(func.count()).select_from(people).where(idle), execution_options=ACROSS_COURSES)
    n_people = int(found.scalar_one())
    connection.execute(delete(people).where(idle), execution_options=ACROSS_COURSES)
    return n_people
