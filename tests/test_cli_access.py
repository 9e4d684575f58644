"""The commands that hand out addresses and links say at once what would be found out too late."""

from pathlib import Path

import pytest
from chosen_store import work_at
from typer.testing import CliRunner

from tutor.cli.main import app
from tutor.state.server_lock import ServerLock


@pytest.fixture
def served_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    work_at(tmp_path, monkeypatch)
    return tmp_path


def test_a_link_to_a_course_that_is_not_there_says_so(served_folder: Path) -> None:
    with ServerLock(served_folder) as lock:
        lock.announce("http://127.0.0.1:8000")

        made = CliRunner().invoke(app, ["link", "--role", "instructor", "--course", "nope"])

    assert made.exit_code == 0
    assert made.stdout.startswith("http://127.0.0.1:8000/login?token=")
    assert "no course nope" in made.stderr


def test_a_link_to_every_course_says_nothing_of_courses_that_are_not_there(served_folder: Path) -> None:
    with ServerLock(served_folder) as lock:
        lock.announce("http://127.0.0.1:8000")

        made = CliRunner().invoke(app, ["link"])

    assert (made.exit_code, "no course" in made.stderr) == (0, False)


@pytest.mark.parametrize("command", [["addresses", "{}"], ["invite", "moodle.example.edu", "--url", "{}"]])
@pytest.mark.parametrize("url", ["tutor.example.edu", "http://tutor.example.edu"])
def test_platforms_are_given_https_addresses_only(served_folder: Path, command: list[str], url: str) -> None:
    told = CliRunner().invoke(app, ["lti", *(word.format(url) for word in command)])

    assert told.exit_code == 2
    assert "https://" in told.stderr
    assert not list(served_folder.iterdir())


def test_addresses_stand_below_where_the_tutor_is_reached() -> None:
    told = CliRunner().invoke(app, ["lti", "addresses", "https://example.edu/tutor/"])

    assert told.exit_code == 0
    assert "https://example.edu/tutor/lti/launch" in told.stdout
