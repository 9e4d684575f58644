"""Browser sessions in SQL: good in every process, bounded, ended for all at once, of no use to whoever reads them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tutor.api.callers import PlatformLink
from tutor.api.sessions import LAUNCH_LIFETIME, Sessions
from tutor.state import privacy, row_files, session_tables
from tutor.state.database import Database

pytest_plugins = ["postgres_server"]

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Clock:
    """The time on the wall, which tests may change."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def sessions_of(database: Database, clock: Clock, **bounds: Any) -> Sessions:
    return Sessions(database, b"key of the installation", clock=clock, **bounds)


def test_sessions_end_and_are_bounded(database: Database, clock: Clock) -> None:
    sessions = sessions_of(database, clock, max_sessions=2, lifetime=timedelta(seconds=10))
    secrets = []
    for _ in range(3):
        secrets.append(sessions.start("student"))
        clock.now += timedelta(seconds=1)

    assert [sessions.find(secret) is not None for secret in secrets] == [False, True, True]
    clock.now = NOON + timedelta(seconds=12)
    assert sessions.find(secrets[2]) is None


def opened(sessions: Sessions, secret: str) -> list[str]:
    session = sessions.find(secret)
    return [link.course_id for link in session.links] if session else []


def test_a_course_of_an_earlier_launch_is_closed_when_that_launch_would_be_over(
    database: Database, clock: Clock
) -> None:
    sessions = sessions_of(database, clock)
    stars, cells = (PlatformLink("p1", "3", course, "", "") for course in ("stars", "cells"))
    first = sessions.launch("student", "person", stars, instead_of="")
    clock.now = NOON + LAUNCH_LIFETIME - timedelta(seconds=1)

    second = sessions.launch("student", "person", cells, instead_of=first)

    assert sessions.find(first) is None
    assert opened(sessions, second) == ["cells", "stars"]
    clock.now = NOON + LAUNCH_LIFETIME
    assert opened(sessions, second) == ["cells"]


def test_a_session_in_use_outlives_one_that_is_not(database: Database, clock: Clock) -> None:
    sessions = sessions_of(database, clock, max_sessions=2)
    used, idle = sessions.start("student"), sessions.start("student")
    clock.now += timedelta(hours=2)
    sessions.find(used)

    sessions.start("student")

    assert sessions.find(used)
    assert sessions.find(idle) is None


def test_a_session_is_good_in_every_process_and_ends_in_all_of_them_at_once(database: Database, clock: Clock) -> None:
    here, there = sessions_of(database, clock), sessions_of(database, clock)
    secret = here.start("instructor", ("stars",), framed_by="https://lms.example.edu")

    assert there.find(secret) == here.find(secret) is not None
    there.end(secret)
    assert here.find(secret) is None


@pytest.mark.parametrize("jump", [timedelta(hours=2), -timedelta(hours=2), timedelta(days=400), -timedelta(hours=23)])
def test_a_clock_that_jumps_and_comes_back_ends_no_session(database: Database, clock: Clock, jump: timedelta) -> None:
    sessions = sessions_of(database, clock)
    secret = sessions.start("student")

    clock.now = NOON + jump
    found = sessions.find(secret)
    clock.now = NOON

    assert (found is not None) == (jump < timedelta(days=7))
    assert sessions.find(secret) is not None


def test_a_session_of_a_clock_far_ahead_is_worthless_when_it_is_right_again(database: Database, clock: Clock) -> None:
    sessions = sessions_of(database, clock)
    clock.now = NOON + timedelta(days=400)
    secret = sessions.start("student")

    clock.now = NOON

    assert sessions.find(secret) is None


def test_the_database_shows_neither_the_secret_nor_who_the_person_is_at_the_platform(
    database: Database, clock: Clock
) -> None:
    link = PlatformLink("p1", "student-4711", "stars", "https://lms.example.edu/scores/99", "")
    secret = sessions_of(database, clock).launch("student", "person", link, instead_of="")

    with database.reading() as connection:
        kept = repr(connection.execute(select(session_tables.sessions)).one())

    assert secret not in kept
    assert "4711" not in kept
    assert "scores/99" not in kept


def test_the_sessions_of_an_erased_person_go_with_them(database: Database, clock: Clock) -> None:
    sessions = sessions_of(database, clock)
    theirs, anothers = sessions.start("student", person_id="ada"), sessions.start("student", person_id="bob")

    with database.writing() as connection:
        privacy.erase(connection, "ada")

    assert sessions.find(theirs) is None
    assert sessions.find(anothers) is not None


def test_a_restore_lets_nobody_in_whose_session_was_ended_since(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    sessions = sessions_of(database, clock)
    secret = sessions.start("student")
    with database.reading() as connection:
        row_files.write_rows(connection, tmp_path)
    sessions.end(secret)

    with database.writing() as connection:
        row_files.replace_rows(connection, tmp_path)

    assert sessions.find(secret) is None
