"""What is no whole backup, or would replace something unasked, is refused before anything is touched."""

import tarfile
from pathlib import Path

import pytest
from backup_samples import opened
from typer.testing import CliRunner

from tutor.cli.main import app
from tutor.state import audit, questions
from tutor.state.backup_archive import BackupDamaged, read_manifest
from tutor.state.database import FILE_NAME
from tutor.state.errors import DatabaseDamaged, DataDirTaken
from tutor.state.opening import UNFINISHED_RESTORE, open_database
from tutor.state.restoring import NotEmpty, restore
from tutor.state.server_lock import ServerLock

pytest_plugins = ["postgres_server", "backup_samples"]


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
