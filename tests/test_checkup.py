"""What the doctor finds when something was flipped, lost or left over, and what mending does about it."""

import json
import os
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from asking_samples import MORNING
from chosen_store import environment_at, generations_at
from hashing_embedder import HashingEmbedder
from service_samples import write_courses
from sqlalchemy import insert, select, update
from store_samples import cut_documents
from typer.testing import CliRunner

from corpus.course_folder import read_course
from index.builder import build_generation
from index.folder_generations import FolderGenerations
from tutor.checkup.database import SILENT, check_database, check_jobs
from tutor.checkup.files import GRACE_S, check_disk, check_files, check_left_over
from tutor.checkup.findings import Finding
from tutor.checkup.indexes import check_indexes
from tutor.cli.main import app
from tutor.state.course_tables import courses, generations, sources
from tutor.state.database import FILE_NAME, Database
from tutor.state.folder_blobs import FolderBlobs
from tutor.state.migrating import newest_revision
from tutor.state.opening import open_database
from tutor.state.work_tables import jobs

pytest_plugins = ["postgres_server"]

NEW_COLUMNS = {"document_ids": []} if "document_ids" in sources.c else {}
NEW_GENERATION_COLUMNS = {
    name: value for name, value in {"manifest_sha256": "", "source_ids": []}.items() if name in generations.c
}


class Asked:
    """Notes which courses should be rebuilt."""

    def __init__(self) -> None:
        self.courses: list[str] = []

    def __call__(self, course_id: str) -> str:
        self.courses.append(course_id)
        return "asked"


def wrong(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if not finding.healthy]


def add_course(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(
            insert(courses).values(
                course_id="stars", title="Stars", description="", language="english", licence="",
                suggested_questions=[], log_questions=True, created_at=MORNING,
            )
        )  # fmt: skip


def add_source(database: Database, name: str, sha256: str, reading: str | None = None) -> None:
    with database.writing() as connection:
        connection.execute(
            insert(sources).values(
                course_id="stars", source_id=name, kind="file", name=name, media_type="text/plain", version=1,
                sha256=sha256, size=1, position=1, status="indexed", reason="", items=[], reading_sha256=reading,
                created_by="cli", created_at=MORNING, updated_at=MORNING, **NEW_COLUMNS,
            )
        )  # fmt: skip


def aged(path: Path) -> None:
    old = time.time() - GRACE_S - 60
    os.utime(path, (old, old))


# --- database ---------------------------------------------------------------------------------------------------------


def test_a_sound_database_is_said_to_be_sound(database: Database) -> None:
    finding = check_database(database)

    assert finding.healthy
    assert f"schema {newest_revision()}" in finding.detail


def test_a_row_whose_owner_is_gone_is_found(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    add_course(database)
    add_source(database, "a", "0" * 64)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("DELETE FROM courses")
    database.close()

    finding = check_database(open_database(tmp_path))

    assert not finding.healthy
    assert "a row of sources refers to one of courses that is gone" in finding.detail


def test_an_interrupted_job_is_found_and_queued_again(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(
            insert(jobs).values(
                course_id="stars", job_id="j1", kind="ingest", state="running", stage="", done=0, total=0, params={},
                error="", attempts=1, worker="gone", created_by="cli", created_at=MORNING, heartbeat_at=MORNING,
            )
        )  # fmt: skip
    later = MORNING + SILENT + timedelta(seconds=1)

    assert wrong(check_jobs(database, server_runs=True, now=later)) == []
    assert wrong(check_jobs(database, server_runs=False, now=MORNING)) == []
    (finding,) = wrong(check_jobs(database, server_runs=False, now=later))
    assert finding.mend is not None
    finding.mend()

    with database.reading() as connection:
        assert connection.execute(select(jobs.c.state).where(jobs.c.course_id == "stars")).scalar_one() == "queued"


# --- files ------------------------------------------------------------------------------------------------------------


def test_missing_damaged_and_orphaned_files_are_told_apart(database: Database, tmp_path: Path) -> None:
    blobs, rebuild = FolderBlobs(tmp_path / "blobs"), Asked()
    add_course(database)
    whole, damaged, reading, orphan, fresh = (
        blobs.put(name.encode()).sha256 for name in ("whole", "damaged", "reading", "orphan", "fresh")
    )
    add_source(database, "whole.md", whole)
    add_source(database, "damaged.md", damaged)
    add_source(database, "lost.md", "0" * 64)
    add_source(database, "read.md", whole, reading)
    blobs.path(damaged).write_bytes(b"another")
    blobs.delete(reading)
    aged(blobs.path(orphan))

    found = wrong(check_files(database, blobs, rebuild))

    assert sorted(finding.detail.partition(":")[0] for finding in found) == [
        "1 files belong to nothing; they take room, no more",
        "the file of 'damaged.md'",
        "the file of 'lost.md'",
        "what was read from 'read.md'",
    ]
    for finding in found:
        if finding.mend:
            finding.mend()
    assert rebuild.courses == ["stars"]
    assert orphan not in list(blobs.all())
    assert {whole, damaged, fresh} <= set(blobs.all())


def test_what_a_killed_process_left_is_found_after_a_while_and_removed(tmp_path: Path) -> None:
    blobs, index = FolderBlobs(tmp_path / "blobs"), tmp_path / "index"
    blobs.put(b"whole")
    left = [tmp_path / ".restoring-x", index / "stars" / ".building-x", tmp_path / "blobs" / ".arriving-x"]
    for path in left:
        path.mkdir(parents=True)

    assert check_left_over(tmp_path, index, blobs, server_runs=False) == ()
    for path in left:
        aged(path)
    (served,) = check_left_over(tmp_path, index, blobs, server_runs=True)
    (finding,) = check_left_over(tmp_path, index, blobs, server_runs=False)
    assert finding.mend is not None
    finding.mend()

    assert served.mend is None
    assert not any(path.exists() for path in left)


def test_a_disk_that_is_nearly_full_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_disk(tmp_path).healthy
    monkeypatch.setattr("tutor.checkup.files.MIN_FREE_BYTES", 1 << 60)

    assert not check_disk(tmp_path).healthy


# --- indexes ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def root(tmp_path: Path) -> Path:
    build_generation(read_course(write_courses(tmp_path / "courses")[0]), HashingEmbedder(), tmp_path / "index")
    return tmp_path / "index"


def live_row(database: Database, generation: str, n_chunks: int) -> None:
    with database.writing() as connection:
        connection.execute(
            insert(generations).values(
                course_id="stars", generation=generation, state="live", embedder="", n_documents=1, n_chunks=n_chunks,
                checks={}, job_id="", created_at=MORNING, **NEW_GENERATION_COLUMNS,
            )
        )  # fmt: skip


def generation_of(root: Path) -> Path:
    return root / "stars" / (root / "stars" / "CURRENT").read_text().split()[0]


def test_one_lost_vector_is_found_and_a_rebuild_asked_for(tmp_path: Path, root: Path) -> None:
    database, rebuild = open_database(tmp_path), Asked()
    assert wrong(check_indexes(database, FolderGenerations(root), HashingEmbedder(), rebuild)) == []
    vectors = next(path for path in generation_of(root).rglob("*") if "vector" in path.name or path.suffix == ".npy")
    content = vectors.read_bytes()
    vectors.write_bytes(content[: -np.dtype("float32").itemsize])

    (finding,) = wrong(check_indexes(database, FolderGenerations(root), HashingEmbedder(), rebuild))
    assert finding.mend is not None
    finding.mend()

    assert rebuild.courses == ["stars"]
    database.close()


def test_rows_that_say_another_generation_or_count_are_found(database: Database, root: Path) -> None:
    generation = generation_of(root).name
    live_row(database, generation, n_chunks=1)

    (counted,) = wrong(check_indexes(database, FolderGenerations(root), HashingEmbedder(), Asked()))
    with database.writing() as connection:
        connection.execute(update(generations).where(generations.c.course_id == "stars").values(generation="g9"))
    (named,) = wrong(check_indexes(database, FolderGenerations(root), HashingEmbedder(), Asked()))

    assert f"generation {generation} with 1 chunks" in counted.detail
    assert f"generation g9 with 1 chunks, {generation}" in named.detail


def test_a_course_whose_index_is_gone_though_its_rows_say_it_is_live_is_found(
    database: Database, tmp_path: Path
) -> None:
    live_row(database, "g1", n_chunks=7)

    (finding,) = wrong(check_indexes(database, FolderGenerations(tmp_path / "index"), HashingEmbedder(), Asked()))

    assert finding.course_id == "stars"


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_names_what_is_wrong_mends_it_and_tells_by_its_exit_code(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "blobs")
    open_database(tmp_path).close()
    aged(blobs.path(blobs.put(b"orphan").sha256))
    environment = {"TUTOR_DATA_DIR": str(tmp_path)}
    run = CliRunner()

    sick = run.invoke(app, ["doctor", "--json"], env=environment)
    mended = run.invoke(app, ["doctor", "--json", "--mend"], env=environment)
    well = run.invoke(app, ["doctor"], env=environment)

    assert (sick.exit_code, mended.exit_code, well.exit_code) == (1, 0, 0), sick.output
    assert [row["check"] for row in json.loads(sick.stdout) if not row["healthy"]] == ["files"]
    assert "deleted 1 files" in mended.stdout
    assert "bad" not in well.stdout


def test_the_command_says_of_a_damaged_database_how_to_restore_it(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"damage" * 1000)

    result = CliRunner().invoke(app, ["doctor", "--json"], env={"TUTOR_DATA_DIR": str(tmp_path)})

    assert result.exit_code == 1
    assert "course-tutor restore" in json.loads(result.stdout)[0]["detail"]


@pytest.mark.usefixtures("store")
def test_the_command_rebuilds_a_damaged_index_from_the_stored_files(tmp_path: Path) -> None:
    environment = environment_at(tmp_path / "data")
    run = CliRunner()
    folder = write_courses(tmp_path / "courses")[0]
    assert run.invoke(app, ["index", str(folder)], env=environment).exit_code == 0
    generations = generations_at(tmp_path / "data")
    cut_documents(generations, "stars", generations.pointer("stars").generation)

    sick = run.invoke(app, ["doctor"], env=environment)
    mended = run.invoke(app, ["doctor", "--mend", "--json"], env=environment)
    well = run.invoke(app, ["doctor"], env=environment)

    assert (sick.exit_code, mended.exit_code, well.exit_code) == (1, 0, 0), mended.output
    assert "built anew" in [finding["mended"] for finding in json.loads(mended.stdout)]
