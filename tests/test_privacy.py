"""What is kept of people: by pseudonym, for a while, handed out and erased on request."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asking_samples import MORNING, asked, judged
from chosen_store import database_at, environment_at, on_the_disk
from service_samples import make_sample, shared_sample
from sqlalchemy import insert, select
from typer.testing import CliRunner

from tutor.cli.privacy import privacy_app
from tutor.state import audit, feedback, people, privacy, questions
from tutor.state.course_tables import courses
from tutor.state.database import Database
from tutor.state.every_table import EVERY_TABLE
from tutor.state.installation import pseudonym
from tutor.state.privacy import ERASED, UnknownPerson
from tutor.state.scope import ACROSS_COURSES
from tutor.upkeep import Upkeep

pytest_plugins = ["postgres_server"]

ANNA, BEN = "a" * 32, "b" * 32


def ask(database: Database, answer_id: str, person_id: str, *, course_id: str = "stars", days_ago: int = 0) -> None:
    one = asked(answer_id, spans=2)
    record = replace(
        one.record, person_id=person_id, course_id=course_id, asked_at=MORNING - timedelta(days=days_ago),
        question=f"canary of {person_id}",
    )  # fmt: skip
    with database.writing() as connection:
        people.see(connection, person_id, now=record.asked_at)
        questions.add(connection, [replace(one, record=record)])


def kept(database: Database) -> dict[str, int]:
    """How many rows there are of each table that has any."""
    with database.reading() as connection:
        counted = {
            table.name: len(connection.execute(select(table), execution_options=ACROSS_COURSES).all())
            for table in EVERY_TABLE
        }
    return {name: n for name, n in counted.items() if n and name != "installation"}


def add_course(database: Database, course_id: str, *, retention_days: int | None = None) -> None:
    with database.writing() as connection:
        connection.execute(
            insert(courses).values(
                course_id=course_id, title=course_id, description="", language="english", licence="",
                suggested_questions=[], log_questions=True, retention_days=retention_days, created_at=MORNING,
            )
        )  # fmt: skip


# --- pseudonyms -------------------------------------------------------------------------------------------------------


def test_a_pseudonym_is_the_same_for_the_same_identity_and_key_only() -> None:
    one = pseudonym(b"k" * 32, "lti", "https://moodle.example.edu|4711")

    assert re.fullmatch(r"[0-9a-f]{32}", one)
    assert one == pseudonym(b"k" * 32, "lti", "https://moodle.example.edu|4711")
    assert one != pseudonym(b"k" * 32, "link", "https://moodle.example.edu|4711")
    assert one != pseudonym(b"x" * 32, "lti", "https://moodle.example.edu|4711")


# --- retention --------------------------------------------------------------------------------------------------------


def test_after_91_days_one_purge_leaves_nothing_of_anybody(database: Database) -> None:
    for number in range(20):
        ask(database, f"q{number}", ANNA if number % 2 else BEN)
    with database.writing() as connection:
        feedback.put(connection, judged("q1", person_id=ANNA))
        early = privacy.purge(connection, now=MORNING + timedelta(days=89), retention_days=90)
        late = privacy.purge(connection, now=MORNING + timedelta(days=91), retention_days=90)

    assert (early.questions, early.people) == (0, 0)
    assert (late.questions, late.people) == (20, 2)
    assert kept(database) == {}


def test_a_course_may_keep_questions_shorter_or_longer(database: Database) -> None:
    add_course(database, "short", retention_days=7)
    add_course(database, "long", retention_days=365)
    for course in ("short", "long", "unknown"):
        ask(database, f"of-{course}", ANNA, course_id=course, days_ago=100)
        ask(database, f"new-{course}", ANNA, course_id=course, days_ago=10)

    with database.writing() as connection:
        privacy.purge(connection, now=MORNING, retention_days=90)
        left = [
            answer_id
            for course in ("short", "long", "unknown")
            for answer_id in (f"of-{course}", f"new-{course}")
            if questions.find(connection, course, answer_id)
        ]

    assert left == ["of-long", "new-long", "new-unknown"]


# --- export and erase -------------------------------------------------------------------------------------------------


def test_an_export_has_everything_of_one_person_and_nothing_of_another(database: Database) -> None:
    ask(database, "q1", ANNA)
    ask(database, "q2", BEN)
    with database.writing() as connection:
        feedback.put(connection, judged("q1", person_id=ANNA))
        people.grant(connection, ANNA, "student", ["stars"], granted_by="link", now=MORNING)
        audit.record(connection, "stars", ANNA, "answer.verify", "v1")

    with database.reading() as connection:
        found = privacy.export(connection, ANNA)

    assert {name: len(rows) for name, rows in found.items()} == {
        "people": 1, "roles": 1, "questions": 1, "receipts": 1, "cited_spans": 2, "feedback": 1, "audit_log": 1,
    }  # fmt: skip
    assert f"canary of {ANNA}" in str(found)
    assert BEN not in str(found)


@on_the_disk
def test_an_erased_person_has_no_row_and_no_byte_left(tmp_path: Path) -> None:
    database = database_at(tmp_path)
    for number in range(50):
        ask(database, f"q{number}", ANNA)
    ask(database, "ben", BEN)
    with database.writing() as connection:
        people.grant(connection, ANNA, "instructor", ["stars"], granted_by=ANNA, now=MORNING)
        audit.record(connection, "stars", ANNA, "answer.verify", "v1")

    result = CliRunner().invoke(privacy_app, ["erase", ANNA], env=environment_at(tmp_path))

    assert result.exit_code == 0, result.stderr
    with database.reading() as connection:
        with pytest.raises(UnknownPerson):
            privacy.export(connection, ANNA)
        assert audit.events(connection, "stars")[0].actor == ERASED
        assert questions.find(connection, "stars", "ben") is not None
    database.close()
    on_disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert ANNA.encode() not in on_disk
    assert BEN.encode() in on_disk


def test_erasing_works_on_both_databases_and_only_once(database: Database) -> None:
    ask(database, "q1", ANNA)
    with database.writing() as connection:
        feedback.put(connection, judged("q1", person_id=ANNA))
        people.grant(connection, ANNA, "student", [], granted_by="link", now=MORNING)
        assert privacy.erase(connection, ANNA) >= 5

    assert kept(database) == {}
    with database.writing() as connection, pytest.raises(UnknownPerson):
        privacy.erase(connection, ANNA)


def test_every_table_that_may_hold_somebody_is_known_to_the_export() -> None:
    """A new column for a person must have one of these names, or an export would miss it."""
    known = {"person_id", *privacy._AUTHOR_COLUMNS}
    names = {column.name for table in EVERY_TABLE for column in table.c}

    suspicious = {name for name in names if re.search(r"person|user|learner|_by$|actor|author|caller", name)}
    assert suspicious <= known


def test_the_commands_export_as_json_and_purge(tmp_path: Path) -> None:
    database = database_at(tmp_path)
    ask(database, "q1", ANNA, days_ago=4000)
    run = CliRunner()
    environment = environment_at(tmp_path)

    exported = json.loads(run.invoke(privacy_app, ["export", ANNA], env=environment).stdout)
    purged = run.invoke(privacy_app, ["purge"], env=environment)
    again = run.invoke(privacy_app, ["export", ANNA], env=environment)

    assert exported["questions"][0]["answer_id"] == "q1"
    assert "deleted 1 questions and 1 people" in purged.stderr
    assert (again.exit_code, again.stdout) == (2, "")
    database.close()


# --- over the API -----------------------------------------------------------------------------------------------------


def test_a_person_exports_and_erases_themselves_and_an_administrator_anybody(tmp_path: Path) -> None:
    sample = make_sample(tmp_path, library=shared_sample().library)
    cookie, admin, student = sample.log_in("student", "stars"), sample.log_in("admin"), sample.log_in("student")
    person = sample.get("/api/v1/me", key=None, cookie=cookie).json()["person_id"]
    ask(sample.access.database, "q1", person)
    ask(sample.access.database, "q2", BEN)

    mine = sample.get("/api/v1/me/export", key=None, cookie=cookie)
    refused = sample.get(f"/api/v1/people/{BEN}/export", key=None, cookie=student)
    bound = sample.get(f"/api/v1/people/{BEN}/export", key=None, cookie=sample.log_in("admin", "stars"))
    bens = sample.get(f"/api/v1/people/{BEN}/export", key=None, cookie=admin)
    erased = sample.ask(lambda http: http.delete("/api/v1/me"), key=None, cookie=cookie)
    foreign = sample.ask(lambda http: http.delete(f"/api/v1/people/{BEN}"), key=None, cookie=student)
    by_admin = sample.ask(lambda http: http.delete(f"/api/v1/people/{BEN}"), key=None, cookie=admin)
    after = sample.get("/api/v1/me/export", key=None, cookie=cookie)

    assert mine.json()["rows"]["questions"][0]["question"] == f"canary of {person}"
    assert "attachment" in mine.headers["content-disposition"]
    assert BEN not in mine.text
    assert (refused.status_code, bound.status_code, foreign.status_code) == (403, 403, 403)
    assert bens.json()["rows"]["questions"][0]["answer_id"] == "q2"
    assert (erased.status_code, by_admin.status_code) == (204, 204)
    assert (after.status_code, after.json()["code"]) == (401, "unauthenticated")  # their session went with them


def test_a_program_is_nobody_in_particular(tmp_path: Path) -> None:
    sample = make_sample(tmp_path, library=shared_sample().library)

    reply = sample.get("/api/v1/me/export")

    assert reply.status_code == 404
    assert "a key is not a person" in reply.json()["detail"]
    assert sample.ask(lambda http: http.delete("/api/v1/me")).status_code == 404


# --- upkeep -----------------------------------------------------------------------------------------------------------


def test_upkeep_deletes_snapshots_that_hold_what_is_too_old(tmp_path: Path) -> None:
    database = database_at(tmp_path)
    (tmp_path / "snapshots").mkdir()
    snapshot = tmp_path / "snapshots" / "before-0002.sqlite3"
    snapshot.write_bytes(b"questions")
    upkeep = Upkeep(database, tmp_path, retention_days=90)

    upkeep.run_once(datetime.now(UTC) + timedelta(days=89))
    before = snapshot.exists()
    upkeep.run_once(datetime.now(UTC) + timedelta(days=91))

    assert (before, snapshot.exists()) == (True, False)
    database.close()


def test_upkeep_runs_when_the_service_starts_and_stops_with_it(tmp_path: Path) -> None:
    database = database_at(tmp_path)
    ask(database, "old", ANNA, days_ago=4000)
    upkeep = Upkeep(database, tmp_path, retention_days=90)

    upkeep.start()
    upkeep.close()

    assert kept(database) == {}
    database.close()
