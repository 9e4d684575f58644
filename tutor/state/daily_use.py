"""How much a course was used on each day: counts of questions, refusals, judgements and people, and no words."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, func, select

from tutor.errors import TutorError
from tutor.state.asking_tables import feedback, questions

MAX_DAYS = 366


class DaysOutOfRange(TutorError):
    """The days asked for are none, or too many."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"{first} to {last} is not 1 to {MAX_DAYS} days; ask for a year at most")


@dataclass(frozen=True, slots=True)
class DayOfUse:
    """One day, in UTC."""

    day: date
    n_asked: int
    n_refused: int  # of those asked: the course does not say
    n_people: int  # different ones who asked; callers that name nobody are not among them
    judgements: Mapping[str, int]  # by verdict


def daily_use(connection: Connection, course_id: str, first: date, last: date) -> tuple[DayOfUse, ...]:
    """Every day from ``first`` to ``last``, those without a question too.

    Raises:
        DaysOutOfRange: These are no days, or more than a year of them.
    """
    if not timedelta(0) <= last - first < timedelta(days=MAX_DAYS) or last == date.max:
        raise DaysOutOfRange(first, last)
    since, until = _start(first), _start(last + timedelta(days=1))
    table = questions.c
    day = _day(connection, table.asked_at)
    rows = connection.execute(
        select(
            day,
            func.count(),
            func.count().filter(table.status == "not_in_course"),
            func.count(table.person_id.distinct()),
        )
        .where(table.course_id == course_id, table.asked_at >= since, table.asked_at < until)
        .group_by(day)
    )
    asked = {date.fromisoformat(str(on)): (n_asked, n_refused, n_people) for on, n_asked, n_refused, n_people in rows}
    judged = _judgements(connection, course_id, since, until)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return tuple(DayOfUse(each, *asked.get(each, (0, 0, 0)), judged.get(each, {})) for each in days)


def _judgements(
    connection: Connection, course_id: str, since: datetime, until: datetime
) -> Mapping[date, Mapping[str, int]]:
    table = feedback.c
    day = _day(connection, table.created_at)
    rows = connection.execute(
        select(day, table.verdict, func.count())
        .where(table.course_id == course_id, table.created_at >= since, table.created_at < until)
        .group_by(day, table.verdict)
    )
    found: dict[date, dict[str, int]] = defaultdict(dict)
    for on, verdict, n in rows:
        found[date.fromisoformat(str(on))][verdict] = n
    return found


def _day(connection: Connection, moment: Column[datetime]) -> ColumnElement[Any]:
    """The day of a moment in UTC, which is how SQLite keeps it; PostgreSQL would take the session's zone."""
    return func.date(moment) if connection.dialect.name == "sqlite" else func.date(func.timezone("UTC", moment))


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
