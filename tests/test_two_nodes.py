"""Two machines on one database: what one receives the other answers from, and one of them indexes, whichever lives."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from ingest_samples import COURSE, DWARFS, GIANTS, NEBULA, new_workplace, open_workplace
from serving import serving

from tutor.bootstrap import open_database
from tutor.permissions import INSTRUCTOR
from tutor.settings import Settings
from tutor.state import keys
from tutor.state.courses import CourseRecord, insert_course

pytest_plugins = ["postgres_server"]


@pytest.fixture(autouse=True)
def database(fresh_store: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_STORE", "pgvector")
    monkeypatch.setenv("TUTOR_DATABASE_URL", fresh_store())


def test_what_one_machine_publishes_deletes_or_restores_the_other_answers_from_at_the_next_question(
    tmp_path: Path,
) -> None:
    here, there = new_workplace(tmp_path / "here"), open_workplace(tmp_path / "there")

    here.add(("clouds.md", NEBULA), ("giants.md", GIANTS))
    assert any("nebula" in text for text in there.texts("nebula"))
    first = there.parts.library.tutor(COURSE).index.generation

    there.add(("dwarfs.md", DWARFS))
    assert any("white dwarf" in text for text in here.texts("white dwarf"))

    here.parts.intake.remove(COURSE, here.sources()["clouds.md"].source_id, actor="test")
    assert not any("nebula" in text for text in there.texts("nebula"))

    there.parts.intake.publisher.restore(COURSE, first)
    assert here.parts.library.tutor(COURSE).index.generation == first
    assert not any("white dwarf" in text for text in here.texts("white dwarf"))
    for place in (here, there):
        place.parts.close()
    assert not list((tmp_path / "there").rglob("*.faiss"))


def test_one_of_them_indexes_and_another_when_it_has_died(tmp_path: Path) -> None:
    here, there = new_workplace(tmp_path / "here"), open_workplace(tmp_path / "there")
    elections = [place.parts.intake.indexer._election for place in (here, there)]

    assert [election.stand() for election in elections] == [True, False]

    with here.parts.database.engine.connect() as connection:  # as when its machine is gone: its connection ends
        connection.exec_driver_sql(
            "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 7245002"
        )
    assert not elections[0].still_holds()
    assert elections[1].stand()
    for place in (here, there):
        place.parts.close()


DYING = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from ingest_samples import GIANTS, open_workplace
from index.pg_connection import Session
place = open_workplace(Path({folder!r}))
really = Session.copy
def dying(session, statement, rows):
    if "index_vectors" in statement:
        os.kill(os.getpid(), signal.SIGKILL)
    really(session, statement, rows)
Session.copy = dying
place.add(("giants.md", GIANTS))
"""


def test_a_machine_that_dies_while_it_publishes_is_taken_over_from(tmp_path: Path) -> None:
    here = new_workplace(tmp_path / "here")
    here.add(("clouds.md", NEBULA))
    code = DYING.format(tests=str(Path(__file__).parent), folder=str(tmp_path / "there"))

    died = subprocess.run([sys.executable, "-c", code], env=os.environ, check=False)

    assert died.returncode == -9
    assert any("nebula" in text for text in here.texts("nebula"))
    with here.parts.database.reading() as connection:
        (job_id,) = connection.exec_driver_sql(
            "select job_id from jobs where course_id = 'stars' and state = 'running'"
        ).one()
    job = here.parts.intake.job(COURSE, job_id)
    assert here.run(job).state == "done"
    assert any("red giant" in text for text in here.texts("giant"))
    here.parts.close()


@pytest.mark.skipif(os.environ.get("TUTOR_FAULTS") != "full", reason="two whole servers, half a minute: make faults")
def test_two_servers_serve_the_same_courses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TUTOR_FAULTS")  # no setting of a server
    settings = Settings(data_dir=tmp_path / "here")
    with closing(open_database(settings)) as database, database.writing() as connection:
        _, secret = keys.create(connection, "test", permissions=INSTRUCTOR)
        insert_course(connection, CourseRecord(COURSE, "Stars"))  # without a course no server is ready
    bearer = {"Authorization": f"Bearer {secret}"}
    empty = tmp_path / "courses"
    empty.mkdir()
    with (
        serving(tmp_path / "here", TUTOR_COURSES_DIR=str(empty)) as one,
        serving(tmp_path / "there", TUTOR_COURSES_DIR=str(empty)) as other,
        httpx.Client(base_url=httpx.URL(one).join("/"), headers=bearer, timeout=60) as here,
        httpx.Client(base_url=httpx.URL(other).join("/"), headers=bearer, timeout=60) as there,
    ):
        sent = here.post(f"/api/v1/courses/{COURSE}/sources", files={"file": ("clouds.md", NEBULA)})
        assert sent.status_code == 202, sent.text
        job = there.get(sent.headers["location"]).json()
        while job["state"] not in ("done", "failed"):
            time.sleep(0.2)
            job = there.get(sent.headers["location"]).json()

        answers = [
            http.post(f"/api/v1/courses/{COURSE}/ask", json={"question": "What is a nebula?"}).json()
            for http in (here, there)
        ]

        assert [answer["status"] for answer in answers] == ["answered", "answered"]
        assert answers[0]["generation"] == answers[1]["generation"]
