"""Backups of a live system, and what is restored from them: everything that was acknowledged."""

import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asking_samples import MORNING, asked
from backup_samples import Live, opened
from hashing_embedder import HashingEmbedder
from sqlalchemy import delete, text
from typer.testing import CliRunner

from corpus.course_folder import read_course
from index.builder import build_generation
from index.generations import read_pointer, verify
from tutor.checkup.database import check_jobs
from tutor.cli.main import app
from tutor.state import audit, jobs, questions
from tutor.state.backup_archive import read_manifest
from tutor.state.course_tables import sources
from tutor.state.errors import BlobDamaged, StateUnwritable
from tutor.state.folder_blobs import FolderBlobs
from tutor.state.generations import GenerationRecord, put_generation
from tutor.state.installation import pseudonym_key
from tutor.state.restoring import restore
from tutor.state.row_files import count_rows
from tutor.state.server_lock import ServerLock

pytest_plugins = ["postgres_server", "backup_samples"]

N_DRILLS = {"sqlite": 20, "postgresql": 4}  # what differs is the reading of rows only


@contextmanager
def under_load(live: Live) -> Iterator[None]:
    """Files are stored, one after another, as fast as it goes."""
    ended = threading.Event()

    def store() -> None:
        number = 0
        while not ended.is_set():
            live.store(f"file {number}".encode() * 50)
            number += 1

    thread = threading.Thread(target=store)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_a_file_that_is_deleted_while_it_is_backed_up_has_the_backup_begin_anew(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.store(b"on its way out")
    leaving, path_of = live.acknowledged.pop(), FolderBlobs.path

    def path(blobs: FolderBlobs, sha256: str) -> Path:
        """Where the file is; whoever asks for this one comes a moment after it was deleted."""
        if sha256 == leaving and live.blobs.delete(leaving):
            with live.database.writing() as connection:
                gone = (sources.c.course_id == "stars") & (sources.c.sha256 == leaving)
                connection.execute(delete(sources).where(gone))
        return path_of(blobs, sha256)

    monkeypatch.setattr(FolderBlobs, "path", path)
    live.back_up(tmp_path / "b.tar")

    assert [file.name[-64:] for file in read_manifest(tmp_path / "b.tar").files if "blobs/" in file.name] == [
        live.acknowledged[0]
    ]


def test_a_backup_in_the_middle_of_a_publish_keeps_the_index_that_its_rows_name(live: Live, tmp_path: Path) -> None:
    root, course = live.folder / "index", tmp_path / "courses" / "stars"
    before = read_pointer(root, "stars")
    with live.database.writing() as connection:
        put_generation(
            connection,
            GenerationRecord(
                "stars",
                before.generation,
                "live",
                before.manifest_sha256,
                "hashing",
                1,
                5,
                (),
                {},
                "",
                MORNING,
                MORNING,
            ),
        )
    (course / "more.md").write_text("# More\n\nA quasar is the bright core of a far galaxy.\n")
    build_generation(read_course(course), HashingEmbedder(), root)  # switched to; its rows are not written yet

    live.back_up(tmp_path / "b.tar")
    restore(tmp_path / "b.tar", tmp_path / "again")

    assert read_pointer(root, "stars") != before
    assert read_pointer(tmp_path / "again" / "index", "stars") == before
    assert verify(tmp_path / "again" / "index", "stars", fingerprint=HashingEmbedder().fingerprint)


def test_an_index_that_its_rows_name_and_that_is_gone_does_not_keep_a_backup_from_being_made(
    live: Live, tmp_path: Path
) -> None:
    answers = read_pointer(live.folder / "index", "stars")
    with live.database.writing() as connection:
        put_generation(
            connection, GenerationRecord("stars", "pruned", "live", "0", "hashing", 1, 5, (), {}, "", MORNING, MORNING)
        )

    live.back_up(tmp_path / "b.tar")
    restore(tmp_path / "b.tar", tmp_path / "again")

    assert read_pointer(tmp_path / "again" / "index", "stars") == answers


def test_every_backup_under_load_restores_to_all_that_was_acknowledged(live: Live, tmp_path: Path) -> None:
    backups: list[tuple[Path, list[str]]] = []
    with under_load(live):
        for number in range(N_DRILLS[live.database.engine.dialect.name]):
            before = list(live.acknowledged)
            live.back_up(tmp_path / f"{number}.tar")
            backups.append((tmp_path / f"{number}.tar", before))

    for number, (path, before) in enumerate(backups):
        folder = tmp_path / f"restored-{number}"
        restore(path, folder)  # on either kind, into the embedded one

        with opened(folder) as restored, restored.database.reading() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
            rows = {event.object_id for event in audit.events(connection, "stars", limit=10_000)}
            assert set(before) <= rows
            for sha256 in rows:
                restored.blobs.verify(sha256)
        assert verify(folder / "index", "stars").course_id == "stars"
    assert len(backups[-1][1]) > len(backups[0][1])  # it was under load


def test_a_restored_system_has_the_same_rows_files_and_key(
    live: Live, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    live.back_up(tmp_path / "backup.tar")
    url = "" if live.database.is_sqlite else request.getfixturevalue("empty_postgresql")

    restore(tmp_path / "backup.tar", tmp_path / "restored", url=url)

    with opened(tmp_path / "restored", url) as restored:
        with live.database.reading() as old, restored.database.reading() as new:
            assert count_rows(new) == count_rows(old)
            assert pseudonym_key(new) == pseudonym_key(old)
            assert questions.find(new, "stars", "q1") == questions.find(old, "stars", "q1")
        assert list(restored.blobs.all()) == list(live.blobs.all())
    assert verify(tmp_path / "restored" / "index", "stars") == verify(live.folder / "index", "stars")
    assert stat.S_IMODE((tmp_path / "backup.tar").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_what_was_running_when_it_was_backed_up_waits_when_it_is_restored(
    live: Live, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with live.database.writing() as connection:
        job = jobs.enqueue(connection, "stars", "publish", params={}, created_by="test")
        assert jobs.claim(connection, job, "somebody") is not None
    live.back_up(tmp_path / "backup.tar")
    url = "" if live.database.is_sqlite else request.getfixturevalue("empty_postgresql")

    restore(tmp_path / "backup.tar", tmp_path / "restored", url=url)

    with opened(tmp_path / "restored", url) as restored, restored.database.reading() as connection:
        waiting = jobs.next_queued(connection)
        assert waiting is not None
        assert (waiting.job_id, waiting.attempts) == (job.job_id, 0)
        later = datetime.now(UTC) + timedelta(days=30)
        assert all(finding.healthy for finding in check_jobs(restored.database, server_runs=False, now=later))


def test_rows_move_from_the_embedded_database_to_postgresql(tmp_path: Path, empty_postgresql: str) -> None:
    with opened(tmp_path / "old") as old:
        with old.database.writing() as connection:
            questions.add(connection, [asked("q1", spans=2)])
        old.back_up(tmp_path / "backup.tar")

    restore(tmp_path / "backup.tar", tmp_path / "new", url=empty_postgresql)

    with opened(tmp_path / "new", empty_postgresql) as new, new.database.reading() as connection:
        assert questions.find(connection, "stars", "q1") == asked("q1", spans=2).record


def test_a_damaged_stored_file_is_not_backed_up_in_silence(live: Live, tmp_path: Path) -> None:
    live.blobs.path(live.acknowledged[0]).write_bytes(b"another file")
    (tmp_path / "backup.tar").write_bytes(b"the backup before")

    with pytest.raises(BlobDamaged):
        live.back_up(tmp_path / "backup.tar")

    assert (tmp_path / "backup.tar").read_bytes() == b"the backup before"
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_a_full_disk_leaves_the_backup_before(live: Live, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(disk)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small disk to fill: {mounted.stderr.strip()}")
    try:
        (disk / "backup.tar").write_bytes(b"the backup before")
        live.store(b"x" * 200_000)

        with pytest.raises(StateUnwritable, match="No space left"):
            live.back_up(disk / "backup.tar")

        assert [path.name for path in disk.iterdir()] == ["backup.tar"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_the_commands_back_up_beside_a_running_server_and_say_what_they_did(tmp_path: Path) -> None:
    environment = {"TUTOR_DATA_DIR": str(tmp_path / "data")}
    run = CliRunner()
    with ServerLock(tmp_path / "data"):
        made = run.invoke(app, ["backup", str(tmp_path / "b.tar")], env=environment)
    restored = run.invoke(app, ["restore", str(tmp_path / "b.tar"), "--data-dir", str(tmp_path / "new")])

    assert (made.exit_code, restored.exit_code) == (0, 0)
    assert "all checked" in made.stderr
    assert "rows" in restored.stderr
