import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from tutor.state.columns import metadata
from tutor.state.database import Database
from tutor.state.errors import StateUnwritable
from tutor.state.people_tables import people

AN_HOUR = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database.in_folder(tmp_path)
    metadata.create_all(database.engine)
    return database


def test_what_is_committed_is_synced_to_the_disk_and_keys_are_enforced(database: Database) -> None:
    with database.reading() as connection:
        pragmas = {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in
                   ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")}  # fmt: skip

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_a_write_that_raises_leaves_no_trace(database: Database) -> None:
    with pytest.raises(RuntimeError), database.writing() as connection:
        connection.execute(insert(people).values(person_id="a", created_at=AN_HOUR, last_seen_at=AN_HOUR))
        raise RuntimeError

    with database.reading() as connection:
        assert connection.execute(select(people)).all() == []


def test_a_writer_holds_the_write_lock_from_its_first_statement_on(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(select(people)).all()
        other = sqlite3.connect(database.url.database or "", timeout=0, isolation_level=None)

        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_a_moment_comes_back_in_utc_and_one_without_a_zone_is_refused(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(insert(people).values(person_id="a", created_at=AN_HOUR, last_seen_at=AN_HOUR))
    with database.reading() as connection:
        assert connection.execute(select(people.c.created_at)).scalar_one() == AN_HOUR

    with pytest.raises(Exception, match="no time zone"), database.writing() as connection:
        naive = AN_HOUR.replace(tzinfo=None)
        connection.execute(insert(people).values(person_id="b", created_at=naive, last_seen_at=naive))


def test_a_full_disk_is_said_to_be_one_and_the_next_write_does(database: Database) -> None:
    def insert_many() -> None:
        with database.writing() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")  # as a disk with no room
            rows = [{"person_id": str(n) * 200, "created_at": AN_HOUR, "last_seen_at": AN_HOUR} for n in range(200)]
            connection.execute(insert(people), rows)

    with pytest.raises(StateUnwritable, match="full"):
        insert_many()

    with database.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        connection.execute(insert(people).values(person_id="a", created_at=AN_HOUR, last_seen_at=AN_HOUR))
    with database.reading() as connection:
        assert len(connection.execute(select(people)).all()) == 1
