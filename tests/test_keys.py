"""API keys: shown once, kept as hashes, found again, followed by a running server."""

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from chosen_store import database_at, environment_at, on_the_disk
from typer.testing import CliRunner

from tutor.cli.keys import keys_app
from tutor.permissions import INSTRUCTOR, STUDENT
from tutor.state import audit, keys
from tutor.state.database import Database
from tutor.state.key_file import KeysUnreadable, import_key_file
from tutor.state.keys import PREFIX, ApiKey, UnknownKey

pytest_plugins = ["postgres_server"]


def create(database: Database, name: str = "moodle", **options: object) -> tuple[ApiKey, str]:
    with database.writing() as connection:
        return keys.create(connection, name, **options)  # type: ignore[arg-type]


def find(database: Database, secret: str) -> ApiKey | None:
    with database.reading() as connection:
        return keys.find(connection, secret, datetime.now(UTC))


def test_a_made_key_is_found_and_another_is_not(database: Database) -> None:
    made, secret = create(database, permissions=INSTRUCTOR, courses=["stars"])

    assert find(database, secret) == made
    assert find(database, PREFIX + "x" * 43) is None
    assert find(database, "") is None


def test_a_key_has_at_least_128_random_bits(database: Database) -> None:
    secrets = {create(database)[1] for _ in range(20)}

    assert len(secrets) == 20
    assert all(secret.startswith(PREFIX) and len(secret) >= len(PREFIX) + 22 for secret in secrets)


@on_the_disk
def test_the_database_holds_no_secret(tmp_path: Path) -> None:
    database = database_at(tmp_path)
    _, secret = create(database)
    database.close()

    written = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert keys.digest(secret).encode() in written
    assert secret.removeprefix(PREFIX).encode() not in written


def test_a_revoked_key_is_refused_by_another_process_at_once(tmp_path: Path) -> None:
    here, server = database_at(tmp_path), database_at(tmp_path)
    (revoked, secret), (_, kept) = create(here), create(here)
    assert find(server, secret) is not None

    with here.writing() as connection:
        keys.revoke(connection, revoked.key_id)

    assert find(server, secret) is None
    assert find(server, kept) is not None
    here.close()
    server.close()


def test_an_expired_key_is_refused_but_listed(database: Database) -> None:
    made, secret = create(database, expires_at=datetime.now(UTC) - timedelta(seconds=1))

    assert find(database, secret) is None
    with database.reading() as connection:
        assert keys.all_keys(connection) == (made,)


def test_a_key_opens_the_courses_it_is_bound_to(database: Database) -> None:
    bound, free = create(database, courses=["stars"])[0], create(database)[0]

    assert (bound.opens("stars"), bound.opens("cells")) == (True, False)
    assert (free.opens("stars"), free.opens("cells")) == (True, True)


def test_revoking_what_does_not_exist_or_is_revoked_says_so(database: Database) -> None:
    key, _ = create(database)
    for key_id in ("abcd", key.key_id):
        with database.writing() as connection:
            if key_id == key.key_id:
                keys.revoke(connection, key_id)
            with pytest.raises(UnknownKey, match="keys list"):
                keys.revoke(connection, key_id)


def test_a_key_may_be_anything_a_client_sends(database: Database) -> None:
    create(database)

    assert find(database, "\ud800\x00 ключ") is None


# --- the file of earlier versions -------------------------------------------------------------------------------------


def old_file(folder: Path, secret: str) -> Path:
    key = {"key_id": "0a1b2c3d", "name": "moodle", "sha256": keys.digest(secret), "courses": ["stars"]}
    path = folder / "keys.json"
    path.write_text(json.dumps([key | {"created_at": "2026-11-01T00:00:00Z", "expires_at": None}]))
    return path


def test_an_old_key_file_is_taken_over_once_and_aloud(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = old_file(tmp_path, "ct_old")
    with caplog.at_level(logging.WARNING):
        assert (import_key_file(database, tmp_path), import_key_file(database, tmp_path)) == (1, 0)

    key = find(database, "ct_old")
    assert key is not None
    assert (key.key_id, key.courses, key.permissions) == ("0a1b2c3d", ("stars",), STUDENT)
    assert (path.exists(), path.with_name("keys.json.imported").exists()) == (False, True)
    assert "1 keys" in caplog.text


def test_an_import_that_was_cut_off_before_the_rename_can_be_repeated(database: Database, tmp_path: Path) -> None:
    old_file(tmp_path, "ct_old")
    import_key_file(database, tmp_path)
    (tmp_path / "keys.json.imported").rename(tmp_path / "keys.json")

    assert import_key_file(database, tmp_path) == 0
    assert find(database, "ct_old") is not None


@pytest.mark.parametrize("content", ["", "{", '[{"key_id": "a"}]', "[1]", "\x00"])
def test_a_damaged_old_file_is_refused_and_left(tmp_path: Path, content: str) -> None:
    database = database_at(tmp_path)
    (tmp_path / "keys.json").write_text(content)

    with pytest.raises(KeysUnreadable, match="keys create"):
        import_key_file(database, tmp_path)

    assert (tmp_path / "keys.json").read_text() == content
    database.close()


# --- the command ------------------------------------------------------------------------------------------------------


def run(tmp_path: Path, *arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(keys_app, list(arguments), env=environment_at(tmp_path))
    return result.exit_code, result.stdout, result.stderr


def found(tmp_path: Path, secret: str) -> ApiKey | None:
    database = database_at(tmp_path)
    key = find(database, secret)
    database.close()
    return key


def test_the_command_prints_the_secret_alone_and_once(tmp_path: Path) -> None:
    code, out, err = run(tmp_path, "create", "--name", "moodle", "--course", "stars", "--expires", "90d")

    secret = out.strip()
    listed = run(tmp_path, "list")[1]
    key = found(tmp_path, secret)
    assert code == 0
    assert key is not None
    assert (key.courses, key.permissions) == (("stars",), STUDENT)
    assert key.expires_at is not None
    assert timedelta(days=89) < key.expires_at - datetime.now(UTC) <= timedelta(days=90)
    assert secret not in err
    assert secret not in listed
    assert key.key_id in listed
    assert "moodle" in listed


def test_the_command_gives_the_permissions_that_are_named_and_reading(tmp_path: Path) -> None:
    key = found(tmp_path, run(tmp_path, "create", "--permission", "ingest")[1].strip())

    assert key is not None
    assert key.permissions == {"read", "ingest"}
    assert run(tmp_path, "create", "--permission", "everything")[0] == 2


def test_the_command_revokes_and_the_log_of_changes_tells(tmp_path: Path) -> None:
    secret = run(tmp_path, "create")[1].strip()
    key = found(tmp_path, secret)
    assert key is not None

    code, _, err = run(tmp_path, "revoke", key.key_id)

    assert code == 0
    assert key.key_id in err
    assert found(tmp_path, secret) is None
    assert key.key_id not in run(tmp_path, "list")[1]
    assert run(tmp_path, "revoke", key.key_id)[0] == 2
    database = database_at(tmp_path)
    with database.reading() as connection:
        actions = [event.action for event in audit.events(connection, audit.INSTALLATION)]
    database.close()
    assert actions == ["key.revoke", "key.create"]


@pytest.mark.parametrize("expires", ["soon", "2001-01-01", "0d", "99999999d", "-1d", ""])
def test_the_command_refuses_an_end_that_is_none(tmp_path: Path, expires: str) -> None:
    code, out, _ = run(tmp_path, "create", "--expires", expires)

    assert code == 2
    assert out == ""
    assert run(tmp_path, "list")[1] == ""
