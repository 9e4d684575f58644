"""Backups of a live system, and what is restored from them: everything that was acknowledged, or a clear refusal."""

import shutil
import stat
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from asking_samples import MORNING, asked
from hashing_embedder import HashingEmbedder
from service_samples import write_courses
from sqlalchemy import delete, insert, text
from typer.testing import CliRunner

from corpus.course_folder import read_course
from index.builder import build_generation
from index.generations import read_pointer, verify
from tutor.cli.main import app
from tutor.state import audit, questions
from tutor.state.backing_up import back_up
from tutor.state.backup_archive import BackupDamaged, read_manifest
from tutor.state.course_tables import courses, sources
from tutor.state.database import FILE_NAME, Database
from tutor.state.errors import BlobDamaged, DatabaseDamaged, DataDirTaken, StateUnwritable
from tutor.state.folder_blobs import FolderBlobs
from tutor.state.generations import GenerationRecord, put_generation
from tutor.state.installation import pseudonym_key
from tutor.state.opening import UNFINISHED_RESTORE, blobs_of, open_database
from tutor.state.restoring import NotEmpty, restore
from tutor.state.row_files import count_rows
from tutor.state.server_lock import ServerLock

pytest_plugins = ["postgres_server"]

N_DRILLS = {"sqlite": 20, "postgresql": 4}  # what differs is the reading of rows only


@dataclass
class Live:
    """A system in use."""

    folder: Path
    database: Database
    blobs: FolderBlobs
    acknowledged: list[str] = field(default_factory=list)  # sha256 of each stored source

    def store(self, content: bytes) -> None:
        """A file and its row, as an upload leaves them."""
        sha256 = self.blobs.put(content).sha256
        with self.database.writing() as connection:
            connection.execute(
                insert(sources).values(
                    course_id="stars", source_id=sha256, kind="file", name=sha256, media_type="text/plain", version=1,
                    sha256=sha256, size=len(content), position=1, status="indexed", reason="", items=[], created_by="",
                    created_at=MORNING, updated_at=MORNING, **NEW_COLUMNS,
                )
            )  # fmt: skip
            audit.record(connection, "stars", "cli", "source.add", sha256)
        self.acknowledged.append(sha256)

    def back_up(self, path: Path) -> None:
        back_up(self.database, self.blobs, lambda: nullcontext(self.folder / "index"), path)


NEW_COLUMNS = {name: [] for name in ("document_ids",) if name in sources.c}


@pytest.fixture
def live(database: Database, tmp_path: Path) -> Live:
    folder = tmp_path / "data"
    live = Live(folder, database, blobs_of(folder))
    with database.writing() as connection:
        connection.execute(
            insert(courses).values(
                course_id="stars", title="Stars", description="", language="english", licence="",
                suggested_questions=["What is a nebula?"], log_questions=True, created_at=MORNING,
            )
        )  # fmt: skip
        questions.add(connection, [asked("q1", spans=2)])
    live.store(b"a first file")
    build_generation(read_course(write_courses(tmp_path / "courses")[0]), HashingEmbedder(), folder / "index")
    return live


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


@contextmanager
def opened(folder: Path, url: str = "") -> Iterator[Live]:
    with closing(open_database(folder, url)) as database:
        yield Live(folder, database, blobs_of(folder))


def address(database: Database) -> str:
    return "" if database.is_sqlite else database.url.render_as_string(hide_password=False)


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


def test_rows_move_from_the_embedded_database_to_postgresql(tmp_path: Path, empty_postgresql: str) -> None:
    with opened(tmp_path / "old") as old:
        with old.database.writing() as connection:
            questions.add(connection, [asked("q1", spans=2)])
        old.back_up(tmp_path / "backup.tar")

    restore(tmp_path / "backup.tar", tmp_path / "new", url=empty_postgresql)

    with opened(tmp_path / "new", empty_postgresql) as new, new.database.reading() as connection:
        assert questions.find(connection, "stars", "q1") == asked("q1", spans=2).record


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A small backup, whose system is gone."""
    with opened(tmp_path / "gone") as live:
        live.blobs.put(b"unneeded")
        with live.database.writing() as connection:
            questions.add(connection, [asked("q1")])
        live.back_up(tmp_path / "backup.tar")
    shutil.rmtree(tmp_path / "gone")
    return tmp_path / "backup.tar"


def test_any_flipped_byte_and_any_cut_is_found_before_anything_is_touched(backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    used = len(whole.rstrip(b"\0"))
    folder = tmp_path / "data"
    undetected = []
    for position in range(0, used, max(1, used // 200)):
        backup.write_bytes(whole[:position] + bytes([whole[position] ^ 0x55]) + whole[position + 1 :])
        try:
            manifest = read_manifest(backup)
        except BackupDamaged:
            continue
        # What no check covers changes nothing that is restored: a time or an owner in a member's head.
        backup.write_bytes(whole)
        if manifest != read_manifest(backup):
            undetected.append(position)
    for length in (0, 1, 511, 512, used // 2, used - 1):
        backup.write_bytes(whole[:length])
        with pytest.raises(BackupDamaged, match="nothing was changed"):
            restore(backup, folder)

    assert undetected == []
    assert not folder.exists()


@pytest.mark.parametrize("name", ["../escape", "/etc/passwd", "rows/../../x.jsonl", "index/../../x", "blobs/aa/x"])
def test_a_name_that_leads_elsewhere_is_refused(backup: Path, tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        archive.addfile(tarfile.TarInfo(name))

    with pytest.raises(BackupDamaged, match="is no name of ours"):
        restore(tmp_path / "evil.tar", tmp_path / "data")


def test_a_link_in_the_archive_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        link = tarfile.TarInfo("index/x")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        archive.addfile(link)

    with pytest.raises(BackupDamaged, match="does not belong there"):
        restore(tmp_path / "evil.tar", tmp_path / "data")


def test_what_is_there_is_not_replaced_unasked_and_kept_aside_when_asked(backup: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with opened(folder) as there, there.database.writing() as connection:
        audit.record(connection, "stars", "cli", "before.restore")
    (folder / f"{FILE_NAME}-wal").write_bytes(b"of the database before")
    (folder / f"{FILE_NAME}-shm").write_bytes(b"of the database before")

    with pytest.raises(NotEmpty, match="--replace"):
        restore(backup, folder)
    restore(backup, folder, replace=True)

    (kept,) = folder.glob("replaced-*")
    assert sorted(path.name for path in kept.iterdir()) == [FILE_NAME, f"{FILE_NAME}-shm", f"{FILE_NAME}-wal"]
    with opened(folder) as restored, restored.database.reading() as connection:
        assert audit.events(connection, "stars") == ()
        assert questions.find(connection, "stars", "q1") is not None


def test_a_damaged_database_is_replaced_by_the_command_that_its_refusal_names(backup: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / FILE_NAME).write_bytes(b"damage" * 1000)
    with pytest.raises(DatabaseDamaged, match=r"course-tutor restore <file> --replace"):
        open_database(folder)

    result = CliRunner().invoke(app, ["restore", str(backup), "--replace"], env={"TUTOR_DATA_DIR": str(folder)})

    assert result.exit_code == 0, result.stderr
    open_database(folder).close()


def test_nothing_is_restored_under_a_running_server(backup: Path, tmp_path: Path) -> None:
    with ServerLock(tmp_path / "data"), pytest.raises(DataDirTaken):
        restore(backup, tmp_path / "data", replace=True)


def test_rows_in_postgresql_are_not_replaced_unasked(backup: Path, tmp_path: Path, empty_postgresql: str) -> None:
    with opened(tmp_path / "a", empty_postgresql) as there, there.database.writing() as connection:
        audit.record(connection, "stars", "cli", "before.restore")

    with pytest.raises(NotEmpty, match="the database is not empty"):
        restore(backup, tmp_path / "b", url=empty_postgresql)
    restore(backup, tmp_path / "b", url=empty_postgresql, replace=True)

    with opened(tmp_path / "b", empty_postgresql) as restored, restored.database.reading() as connection:
        assert audit.events(connection, "stars") == ()


def test_a_restore_that_was_cut_off_keeps_the_service_from_starting_until_it_is_repeated(
    backup: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    restore(backup, folder)
    (folder / UNFINISHED_RESTORE).write_text("")

    with pytest.raises(DatabaseDamaged, match="a restore was cut off"):
        open_database(folder)
    restore(backup, folder, replace=True)

    open_database(folder).close()


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
