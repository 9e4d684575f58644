"""Opening the database: migrated, checked, refused when it must not be touched."""

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import delete, insert, select, text

from tutor.serving import worker
from tutor.serving.assignment import Assignment
from tutor.state import audit
from tutor.state.columns import metadata
from tutor.state.database import FILE_NAME, Database
from tutor.state.errors import DatabaseDamaged, DatabaseUnreachable, KeyLost, SchemaNewer, StateUnwritable
from tutor.state.installation import pseudonym_key
from tutor.state.migrating import SNAPSHOTS_FOLDER, newest_revision, revision_of
from tutor.state.opening import open_database
from tutor.state.people_tables import audit_log, installation

pytest_plugins = ["postgres_server"]
pytestmark = pytest.mark.usefixtures("made_step_by_step")


def filled(folder: Path, n_events: int = 200) -> Path:
    """A closed database with some events; gives its file."""
    database = open_database(folder)
    with database.writing() as connection:
        for number in range(n_events):
            audit.record(connection, "stars", "cli", "test.event", str(number), {"padding": "x" * 200})
    database.close()
    return folder / FILE_NAME


def n_events(database: Database) -> int:
    with database.reading() as connection:
        return len(audit.events(connection, "stars", limit=10_000))


def test_migrating_from_nothing_gives_exactly_the_tables(database: Database) -> None:
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, metadata)

    assert differences == []


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    first = open_database(tmp_path)
    with first.reading() as connection:
        key = pseudonym_key(connection)
    first.close()

    again = open_database(tmp_path)

    with again.reading() as connection:
        assert (pseudonym_key(connection), revision_of(connection)) == (key, newest_revision())
    again.close()
    assert len(key) == 32


def test_four_at_once_migrate_once(tmp_path: Path, empty_postgresql: str) -> None:
    for url in ("", empty_postgresql):
        opened: list[Database] = []
        threads = [
            threading.Thread(target=lambda url=url, opened=opened: opened.append(open_database(tmp_path, url)))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        keys = set()
        for database in opened:
            with database.reading() as connection:
                keys.add(pseudonym_key(connection))
            database.close()

        assert (len(opened), len(keys)) == (4, 1)


def test_a_killed_migration_leaves_no_schema_or_all_of_it(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from tutor.state import migrating;"
        "migrating.ensure_pseudonym_key = lambda _: os.kill(os.getpid(), 9);"
        "from tutor.state.opening import open_database; open_database(Path(sys.argv[1]))"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    with sqlite3.connect(tmp_path / FILE_NAME) as raw:
        tables = raw.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    raw.close()

    database = open_database(tmp_path)  # and nothing is in the way of the next

    assert (killed.returncode, tables, n_events(database)) == (-9, 0, 0)
    database.close()


def test_an_older_schema_is_kept_in_a_snapshot_before_it_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path, 7)
    monkeypatch.setattr("tutor.state.migrating.newest_revision", lambda: "9998")  # as if there were one more step
    monkeypatch.setattr("tutor.state.migrating._upgrade", lambda _: None)

    open_database(tmp_path).close()

    (snapshot,) = (tmp_path / SNAPSHOTS_FOLDER).iterdir()
    with sqlite3.connect(snapshot) as raw:
        assert raw.execute("SELECT count(*) FROM audit_log").fetchone()[0] == 7
    raw.close()


def test_a_newer_schema_is_refused_and_left_as_it_is(database: Database, tmp_path: Path) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    url = "" if database.is_sqlite else database.url.render_as_string(hide_password=False)

    with pytest.raises(SchemaNewer, match=rf"9999.*knows up to '{newest_revision()}'.*install the newer version"):
        open_database(tmp_path / "data", url)

    with database.reading() as connection:
        assert revision_of(connection) == "9999"


def test_an_overwritten_page_is_found_at_the_start_and_the_cure_named(tmp_path: Path) -> None:
    path = filled(tmp_path)
    pages = path.stat().st_size // 4096
    whole = path.read_bytes()
    for page in range(pages):
        damaged = bytearray(whole)
        damaged[page * 4096 : (page + 1) * 4096] = os.urandom(4096)
        path.write_bytes(damaged)

        with pytest.raises(DatabaseDamaged, match="course-tutor restore"):
            open_database(tmp_path)

        assert path.read_bytes() == bytes(damaged), "a damaged database is evidence: nothing may change it"


def test_a_worker_does_not_read_the_database_through_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = filled(tmp_path)
    with path.open("r+b") as file:
        file.seek(-4096, os.SEEK_END)  # rows of the log, which nobody reads at a start
        file.write(os.urandom(4096))
    built: list[Path] = []
    monkeypatch.setenv("TUTOR_DATA_DIR", str(tmp_path))
    assignment = Assignment(2, "http://127.0.0.1", "cookie", open_to_all=False)
    monkeypatch.setattr("sys.argv", ["worker", str(assignment)])
    monkeypatch.setattr(worker, "log_json_lines", lambda *_, **__: None)
    monkeypatch.setattr(worker, "app_factory", lambda: lambda settings, *_, **__: built.append(settings.data_dir))
    monkeypatch.setattr(worker, "_serve", lambda *_: sys.exit())
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    with pytest.raises(SystemExit):
        worker.main()
    with pytest.raises(DatabaseDamaged):
        open_database(tmp_path)

    assert built == [tmp_path]


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"keys and questions" * 1000)

    with pytest.raises(DatabaseDamaged, match="not a database"):
        open_database(tmp_path)


def test_an_emptied_database_beside_stored_files_is_no_new_installation(tmp_path: Path) -> None:
    filled(tmp_path).write_bytes(b"")
    (tmp_path / "blobs" / "ab").mkdir(parents=True)
    (tmp_path / "blobs" / "ab" / "abcd").write_bytes(b"a file")

    with pytest.raises(DatabaseDamaged, match="it is empty, though files are stored beside it"):
        open_database(tmp_path)


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.5, 0.9, 1.0])
def test_a_cut_journal_without_its_index_gives_a_state_that_was_once_committed(tmp_path: Path, keep: float) -> None:
    live, crashed = tmp_path / "live", tmp_path / "crashed"
    database = open_database(live)
    database.engine.dispose()
    writer = sqlite3.connect(live / FILE_NAME, isolation_level=None)  # stays open, so that the journal stays there
    writer.execute("PRAGMA wal_autocheckpoint = 0")
    for number in range(50):
        with database.writing() as connection:
            audit.record(connection, "stars", "cli", "test.event", str(number))
    crashed.mkdir()
    shutil.copy(live / FILE_NAME, crashed)
    journal = (live / f"{FILE_NAME}-wal").read_bytes()
    (crashed / f"{FILE_NAME}-wal").write_bytes(journal[: int(len(journal) * keep)])
    writer.close()
    database.close()

    reopened = open_database(crashed)

    with reopened.reading() as connection:
        found = sorted(
            int(name)
            for name in connection.execute(
                select(audit_log.c.object_id).where(audit_log.c.course_id == "stars")
            ).scalars()
        )
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    reopened.close()
    assert found == list(range(len(found)))  # the first ones, none missing in between
    assert (len(found) == 50) == (keep == 1.0)


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    with database.writing() as connection:
        audit.record(connection, "stars", "cli", "test.event")

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob(f"{FILE_NAME}*")}

    database.close()
    assert set(modes.values()) == {0o600}
    assert f"{FILE_NAME}-wal" in modes


def test_a_data_directory_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StateUnwritable, match="set TUTOR_DATA_DIR"):
        open_database(tmp_path / "file" / "data")


def test_a_read_only_directory_says_so(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    tmp_path.chmod(0o500)

    with pytest.raises(StateUnwritable, match="change its owner"):
        open_database(tmp_path)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://tutor:hunter2@127.0.0.1:1/tutor", "onnection refused"),
        ("mysql://tutor:hunter2@127.0.0.1/tutor", "only postgresql:// addresses"),
        ("no address:hunter2", "this is not an address"),
    ],
)
def test_a_wrong_address_says_so_without_its_password(tmp_path: Path, url: str, reason: str) -> None:
    with pytest.raises(DatabaseUnreachable, match=reason) as caught:
        open_database(tmp_path, url)

    assert "hunter2" not in str(caught.value)


def test_an_audit_event_is_kept_with_its_change_or_not_at_all(database: Database) -> None:
    with database.writing() as connection:
        audit.record(connection, "stars", "cli", "source.delete", "s1", {"version": 2})
    with pytest.raises(RuntimeError), database.writing() as connection:
        audit.record(connection, "stars", "cli", "source.delete", "s2")
        raise RuntimeError

    with database.reading() as connection:
        (event,) = audit.events(connection, "stars")
        assert audit.events(connection, "cells") == ()
    assert (event.actor, event.action, event.object_id, event.detail) == ("cli", "source.delete", "s1", {"version": 2})


def test_foreign_keys_hold_on_both_databases(database: Database) -> None:
    from tutor.state.people_tables import roles

    with pytest.raises(Exception, match=r"(?i)foreign key"), database.writing() as connection:
        connection.execute(
            insert(roles).values(
                course_id="stars", person_id="nobody", role="student", granted_by="cli",
                granted_at=audit.datetime.now(audit.UTC),
            )
        )  # fmt: skip


def test_a_database_that_lost_its_key_makes_no_ids_that_anybody_could_work_out(tmp_path: Path) -> None:
    with closing(open_database(tmp_path)) as database:
        with database.writing() as connection:
            connection.execute(delete(installation))

        with pytest.raises(KeyLost, match="restore"), database.reading() as connection:
            pseudonym_key(connection)
