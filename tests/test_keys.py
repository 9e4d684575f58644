"""API keys: shown once, kept as hashes, found again, followed by a running server."""

import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tutor.cli.keys import keys_app
from tutor.keys import PREFIX, KeyFile, UnknownKey


@pytest.fixture
def keys(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "data" / "keys.json")


def test_a_made_key_is_found_and_another_is_not(keys: KeyFile) -> None:
    made, secret = keys.create("moodle")

    found = keys.find(secret)

    assert found == made
    assert keys.find(PREFIX + "x" * 43) is None
    assert keys.find("") is None


def test_a_key_has_at_least_128_random_bits(keys: KeyFile) -> None:
    secrets = {keys.create("same name")[1] for _ in range(20)}

    assert len(secrets) == 20
    assert all(secret.startswith(PREFIX) and len(secret) >= len(PREFIX) + 22 for secret in secrets)


def test_the_file_holds_no_secret_and_is_its_owners_only(keys: KeyFile, tmp_path: Path) -> None:
    _, secret = keys.create("moodle")

    written = [path for path in (tmp_path / "data").iterdir() if path.suffix == ".json"]

    assert len(written) == 1
    assert secret not in written[0].read_text()
    assert secret.removeprefix(PREFIX) not in written[0].read_text()
    assert stat.S_IMODE(written[0].stat().st_mode) == 0o600


def test_a_revoked_key_is_refused_by_who_already_read_the_file(keys: KeyFile, tmp_path: Path) -> None:
    made, secret = keys.create("moodle")
    _, kept = keys.create("canvas")
    server = KeyFile(tmp_path / "data" / "keys.json")
    assert server.find(secret) is not None

    keys.revoke(made.key_id)

    assert server.find(secret) is None
    assert server.find(kept) is not None


def test_an_expired_key_is_refused_but_listed(keys: KeyFile) -> None:
    made, secret = keys.create("term", expires_at=datetime.now(UTC) - timedelta(seconds=1))

    assert keys.find(secret) is None
    assert keys.all() == (made,)


def test_a_key_opens_the_courses_it_is_bound_to(keys: KeyFile) -> None:
    bound, _ = keys.create("one course", courses=["stars"])
    free, _ = keys.create("all courses")

    assert (bound.opens("stars"), bound.opens("cells")) == (True, False)
    assert (free.opens("stars"), free.opens("cells")) == (True, True)


def test_revoking_what_does_not_exist_says_so(keys: KeyFile) -> None:
    with pytest.raises(UnknownKey, match="keys list"):
        keys.revoke("abcd")


@pytest.mark.parametrize("content", ["", "{", '[{"key_id": "a"}]', "[1]", "\x00"])
def test_a_damaged_file_lets_nobody_in(keys: KeyFile, tmp_path: Path, content: str) -> None:
    _, secret = keys.create("moodle")
    assert keys.find(secret) is not None

    (tmp_path / "data" / "keys.json").write_text(content)

    assert keys.find(secret) is None


def test_a_key_may_be_anything_a_client_sends(keys: KeyFile) -> None:
    keys.create("moodle")

    assert keys.find("\ud800\x00 ключ") is None


def run(tmp_path: Path, *arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(keys_app, list(arguments), env={"TUTOR_DATA_DIR": str(tmp_path)})
    return result.exit_code, result.stdout, result.stderr


def test_the_command_prints_the_secret_alone_and_once(tmp_path: Path) -> None:
    code, out, err = run(tmp_path, "create", "--name", "moodle", "--course", "stars", "--expires", "90d")

    secret = out.strip()
    listed = run(tmp_path, "list")[1]
    key = KeyFile(tmp_path / "keys.json").find(secret)
    assert code == 0
    assert key is not None
    assert key.courses == ("stars",)
    assert key.expires_at is not None
    assert timedelta(days=89) < key.expires_at - datetime.now(UTC) <= timedelta(days=90)
    assert secret not in err
    assert secret not in listed
    assert key.key_id in listed
    assert "moodle" in listed


def test_the_command_revokes(tmp_path: Path) -> None:
    secret = run(tmp_path, "create")[1].strip()
    key_id = json.loads((tmp_path / "keys.json").read_text())[0]["key_id"]

    code, _, err = run(tmp_path, "revoke", key_id)

    assert code == 0
    assert key_id in err
    assert KeyFile(tmp_path / "keys.json").find(secret) is None
    assert run(tmp_path, "revoke", key_id)[0] == 2


@pytest.mark.parametrize("expires", ["soon", "2001-01-01", "0d", "99999999d", "-1d", ""])
def test_the_command_refuses_an_end_that_is_none(tmp_path: Path, expires: str) -> None:
    code, out, _ = run(tmp_path, "create", "--expires", expires)

    assert code == 2
    assert out == ""
    assert not (tmp_path / "keys.json").exists()


def test_a_failed_write_leaves_the_keys_as_they_were(
    keys: KeyFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, secret = keys.create("moodle")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        keys.create("canvas")

    assert keys.find(secret) is not None
    assert len(keys.all()) == 1
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["keys.json", "keys.lock"]
