"""Indexes and files move to the other kind of store and back: nothing is lost, wherever it is interrupted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ingest_samples import COURSE, DWARFS, GIANTS, NEBULA, Workplace, new_workplace, open_workplace
from typer.testing import CliRunner

from index.errors import IndexUnreachable
from index.pg_connection import Session
from index.pg_generations import PgGenerations
from tutor.cli.main import app
from tutor.cli.migrate_store import move
from tutor.ingest.errors import ServedElsewhere
from tutor.settings import Settings
from tutor.state.errors import BlobMissing, DataDirTaken
from tutor.state.folder_blobs import FolderBlobs
from tutor.state.generations import generations_of
from tutor.state.server_lock import ServerLock
from tutor.state.sql_blobs import SqlBlobs

QUESTIONS = ("What is a nebula?", "When does a red giant swell?", "What is left behind by a star?")

pytest_plugins = ["postgres_server"]


@pytest.fixture
def embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_store: Callable[[], str]) -> Settings:
    """A data directory with a course of two generations, closed; and an empty database."""
    monkeypatch.setenv("TUTOR_STORE", "embedded")  # whatever the run has chosen
    place = new_workplace(tmp_path)
    place.add(("clouds.md", NEBULA), ("giants.md", GIANTS))
    place.add(("dwarfs.md", DWARFS))
    place.parts.close()
    monkeypatch.setenv("TUTOR_DATABASE_URL", fresh_store())
    return Settings(data_dir=tmp_path / "data")


def opened(folder: Path, store: str, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    monkeypatch.setenv("TUTOR_STORE", store)
    return open_workplace(folder)


def found(place: Workplace) -> dict[str, Any]:
    """All that somebody could miss: what is found, what is stored, and which generations there are."""
    tutor = place.parts.library.tutor(COURSE)
    with place.parts.database.reading() as connection:
        records = {record.generation: record.state for record in generations_of(connection, COURSE)}
    return {
        "texts": [[item.chunk.text for item in tutor.search(question)] for question in QUESTIONS],
        "files": {name: place.parts.blobs.read(source.sha256) for name, source in place.sources().items()},
        "generations": records,
        "live": tutor.index.generation,
    }


def test_a_database_that_is_away_for_a_moment_leaves_no_course_out(
    embedded: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    move(embedded, "pgvector")
    monkeypatch.setenv("TUTOR_STORE", "pgvector")
    archive = tmp_path / "backup.tar"

    def away(*_: Any, **__: Any) -> None:
        raise IndexUnreachable("db.example", "it went away")

    monkeypatch.setattr(PgGenerations, "read", away)

    result = CliRunner().invoke(app, ["backup", str(archive)])
    assert (result.exit_code, archive.exists()) == (2, False), result.output
    with pytest.raises(IndexUnreachable):
        move(Settings(data_dir=embedded.data_dir), "embedded")


def test_a_store_that_moved_answers_as_before_there_and_back(
    embedded: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = open_workplace_without_database(tmp_path, monkeypatch)

    moved = move(embedded, "pgvector")

    place = opened(tmp_path / "elsewhere", "pgvector", monkeypatch)  # a machine that has nothing of it
    assert (moved.n_generations, moved.left) == (2, ())
    assert found(place) == before
    kept = next(name for name, state in before["generations"].items() if state == "kept")
    place.parts.intake.publisher.restore(COURSE, kept)
    assert place.parts.library.tutor(COURSE).index.generation == kept
    place.parts.intake.publisher.restore(COURSE, before["live"])
    place.add(("pulsars.md", "# Pulsars\n\nA pulsar sends pulses of light.\n"))
    after = found(place)
    place.parts.close()

    move(embedded, "embedded")

    again = opened(tmp_path, "embedded", monkeypatch)
    assert found(again) == after
    again.parts.close()


@pytest.mark.parametrize("at", [2, 8, 12])
def test_a_move_that_was_cut_off_anywhere_goes_on_where_it_ended(
    embedded: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    before = open_workplace_without_database(tmp_path, monkeypatch)
    with monkeypatch.context() as patched, pytest.raises(Cut):
        cut_at(at, patched)
        move(embedded, "pgvector")

    moved = move(embedded, "pgvector")

    place = opened(tmp_path / "elsewhere", "pgvector", monkeypatch)
    assert moved.left == ()
    assert found(place) == before
    place.parts.close()


class Cut(BaseException):
    """The process was killed, as far as its own code can tell."""


def cut_at(at: int, patched: pytest.MonkeyPatch) -> None:
    """Let the move die at one of its writes."""
    left = at

    def dying(really: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                raise Cut
            return really(*arguments, **named)

        return call

    for owner, name in ((SqlBlobs, "put_stream"), (Session, "copy"), (Session, "do")):
        patched.setattr(owner, name, dying(getattr(owner, name)))


def open_workplace_without_database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    with monkeypatch.context() as patched:
        patched.delenv("TUTOR_DATABASE_URL")
        place = open_workplace(folder)
        result = found(place)
        place.parts.close()
    return result


def test_nothing_moves_under_a_server(embedded: Settings) -> None:
    with ServerLock(embedded.data_dir), pytest.raises(DataDirTaken):
        move(embedded, "pgvector")


def test_nothing_moves_under_a_server_of_another_machine(
    embedded: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = opened(tmp_path / "elsewhere", "pgvector", monkeypatch)
    assert other.parts.intake.indexer._election.stand()

    with pytest.raises(ServedElsewhere):
        move(embedded, "pgvector")

    other.parts.close()


def test_a_file_that_is_gone_stops_the_move_before_anything_answers(embedded: Settings) -> None:
    blobs = FolderBlobs(embedded.data_dir / "blobs")
    blobs.delete(next(blobs.all()))

    with pytest.raises(BlobMissing):
        move(embedded, "pgvector")


def test_a_backup_of_a_store_in_the_database_holds_its_files_and_indexes(
    embedded: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_store: Callable[[], str]
) -> None:
    move(embedded, "pgvector")
    place = opened(tmp_path / "elsewhere", "pgvector", monkeypatch)
    before = found(place)
    place.parts.close()
    monkeypatch.setenv("TUTOR_DATA_DIR", str(tmp_path / "elsewhere" / "data"))
    run = CliRunner()
    assert run.invoke(app, ["backup", str(tmp_path / "all.tar")]).exit_code == 0
    monkeypatch.setenv("TUTOR_DATABASE_URL", fresh_store())
    monkeypatch.setenv("TUTOR_DATA_DIR", str(tmp_path / "restored" / "data"))

    assert run.invoke(app, ["restore", str(tmp_path / "all.tar")]).exit_code == 0

    again = open_workplace(tmp_path / "third")
    assert {key: value for key, value in found(again).items() if key != "generations"} == {
        key: value for key, value in before.items() if key != "generations"
    }
    again.parts.close()
