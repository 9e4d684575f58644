"""How much a course is used, by day: counts, and never of so few people that they could be told."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from service_samples import Sample, make_sample
from sqlalchemy import insert

from tutor.permissions import INSTRUCTOR
from tutor.state.asking_tables import feedback, questions
from tutor.state.daily_use import DaysOutOfRange, daily_use
from tutor.state.database import Database
from tutor.state.ids import new_id

pytest_plugins = ["postgres_server"]

MONDAY = date(2026, 11, 23)
LATE = datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)


def ask(
    database: Database, person: str | None, at: datetime, *, course: str = "stars", refused: bool = False,
    verdict: str = "",
) -> None:  # fmt: skip
    answer_id = new_id()
    row = {
        "course_id": course, "answer_id": answer_id, "person_id": person, "channel": "api", "asked_at": at,
        "question": "secret words", "query_used": "", "intent": "define",
        "status": "not_in_course" if refused else "answered", "confidence": 0.5, "generation": "g", "topic": "",
        "terms": [], "about_path": [], "total_ms": 1.0,
    }  # fmt: skip
    judged = {
        "course_id": course, "answer_id": answer_id, "person_id": person, "verdict": verdict, "comment": "secret words",
        "created_at": at,
    }  # fmt: skip
    with database.writing() as connection:
        connection.execute(insert(questions).values(**row))
        if verdict:
            connection.execute(insert(feedback).values(**judged))


def test_each_day_counts_what_happened_on_it_in_utc(database: Database) -> None:
    ask(database, "ada", LATE, verdict="up")
    ask(database, "ada", LATE - timedelta(hours=23), refused=True)
    ask(database, "grace", LATE, verdict="wrong_source")
    ask(database, None, LATE)
    ask(database, "ada", LATE + timedelta(seconds=1))
    ask(database, "ada", LATE, course="cells")

    with database.reading() as connection:
        before, monday, after = daily_use(connection, "stars", MONDAY - timedelta(days=1), MONDAY + timedelta(days=1))

    assert (before.n_asked, before.n_people, dict(before.judgements)) == (0, 0, {})
    assert (monday.day, monday.n_asked, monday.n_refused, monday.n_people) == (MONDAY, 4, 1, 2)
    assert monday.judgements == {"up": 1, "wrong_source": 1}
    assert (after.n_asked, after.n_people) == (1, 1)


@pytest.mark.parametrize(
    ("first", "last"), [(MONDAY, MONDAY - timedelta(days=1)), (MONDAY, date(2028, 1, 1)), (date.max, date.max)]
)
def test_days_that_cannot_be_counted_are_refused(tmp_path: Any, first: date, last: date) -> None:
    with Database.in_folder(tmp_path).reading() as connection, pytest.raises(DaysOutOfRange):
        daily_use(connection, "stars", first, last)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    sample = make_sample(tmp_path_factory.mktemp("service"))
    for n in range(5):
        ask(sample.access.database, f"person {n}", LATE)
    for n in range(4):
        ask(sample.access.database, f"person {n}", LATE - timedelta(days=1), refused=True, verdict="down")
    return sample


USAGE = f"/api/v1/courses/stars/usage?from={MONDAY - timedelta(days=2)}&to={MONDAY}"


@pytest.fixture(scope="module")
def teacher(sample: Sample) -> str:
    return sample.make_key("stars", permissions=INSTRUCTOR)[1]


def test_fewer_than_five_people_are_never_a_number(sample: Sample, teacher: str) -> None:
    usage = sample.get(USAGE, key=teacher).json()

    assert usage["min_people"] == 5
    assert [day["people"] for day in usage["days"]] == [None, None, 5]
    assert [day["asked"] for day in usage["days"]] == [0, 4, 5]
    assert [day["refused"] for day in usage["days"]] == [0, 4, 0]
    assert [day["down"] for day in usage["days"]] == [0, 4, 0]


def test_the_file_holds_the_same_and_no_words(sample: Sample, teacher: str) -> None:
    reply = sample.get(USAGE, key=teacher, accept="text/csv")
    rows = list(csv.DictReader(io.StringIO(reply.text.removeprefix("\ufeff"))))

    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert [(row["day"], row["asked"], row["people"]) for row in rows] == [
        ("2026-11-21", "0", ""), ("2026-11-22", "4", ""), ("2026-11-23", "5", "5")
    ]  # fmt: skip
    assert "secret" not in reply.text


def test_a_month_until_today_is_given_when_no_days_are_named(sample: Sample, teacher: str) -> None:
    days = sample.get("/api/v1/courses/stars/usage", key=teacher).json()["days"]

    assert len(days) == 30


def test_only_instructors_of_the_course_see_it(sample: Sample, teacher: str) -> None:
    assert sample.get(USAGE).status_code == 403
    assert sample.get(USAGE.replace("stars", "cells"), key=teacher).status_code == 404
    assert sample.get(USAGE.replace("2026-11-21", "2020-01-01"), key=teacher).json()["code"] == "days_out_of_range"
    assert sample.get(USAGE.replace("2026-11-21", "yesterday"), key=teacher).status_code == 422
