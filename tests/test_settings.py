"""Settings are read once, bounded, and a misspelt one is refused."""

import os
from pathlib import Path

import pytest

from tutor.errors import SettingsError
from tutor.settings import Settings


@pytest.fixture(autouse=True)
def no_settings_in_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("TUTOR_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_a_misspelt_setting_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_PROT", "8000")

    with pytest.raises(SettingsError, match="TUTOR_PROT"):
        Settings.from_environment()


def test_a_value_out_of_bounds_is_refused_with_the_settings_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_PORT", "70000")

    with pytest.raises(SettingsError, match="TUTOR_PORT"):
        Settings.from_environment()


def test_a_store_in_the_database_without_a_database_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_STORE", "pgvector")

    with pytest.raises(SettingsError, match=r"^TUTOR_STORE=pgvector needs TUTOR_DATABASE_URL"):
        Settings.from_environment()


def test_the_environment_wins_over_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TUTOR_DATA_DIR", str(tmp_path / "data"))

    assert Settings.from_environment().data_dir == tmp_path / "data"


def test_a_dotenv_file_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TUTOR_PORT=9001\n")

    assert Settings.from_environment().port == 9001


def test_the_default_host_is_this_machine_only() -> None:
    assert Settings.from_environment().host == "127.0.0.1"
