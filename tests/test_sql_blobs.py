"""Original files in the database: whole or not at all, found out when damaged, gone when deleted."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from tutor.state.blobs import PIECE_BYTES
from tutor.state.database import Database
from tutor.state.errors import BlobDamaged, BlobMissing, TooManyBytes
from tutor.state.file_tables import stored_pieces
from tutor.state.half_written import remove_abandoned
from tutor.state.sql_blobs import SqlBlobs

pytest_plugins = ["postgres_server"]


@pytest.fixture
def blobs(database: Database, tmp_path: Path) -> SqlBlobs:
    return SqlBlobs(database, tmp_path / "copies")


def n_pieces(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(stored_pieces)).scalar_one())


def damage(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("update stored_pieces set content = :other"), {"other": b"another"})


def test_a_file_of_several_pieces_comes_back_as_it_was(blobs: SqlBlobs, database: Database) -> None:
    content = os.urandom(2 * PIECE_BYTES + 17)

    blob = blobs.put_stream((content[at : at + 70_001] for at in range(0, len(content), 70_001)), max_bytes=1 << 30)

    assert (blob, n_pieces(database)) == (blobs.find(blob.sha256), 3)
    assert blobs.read(blob.sha256) == content == b"".join(blobs.pieces(blob.sha256))
    assert blobs.verify(blob.sha256) == blob
    with blobs.as_file(blob.sha256) as path:
        assert path.read_bytes() == content
        assert path.parent.stat().st_mode & 0o077 == 0
    assert blobs.left_over() == ()
    assert blobs.age_s(blob.sha256) < 600
    assert blobs.read(blobs.put(b"").sha256) == b""


def test_a_copy_that_somebody_reads_is_not_tidied_up(blobs: SqlBlobs) -> None:
    sha256 = blobs.put(b"stars").sha256

    with blobs.as_file(sha256) as path:
        assert remove_abandoned(blobs.left_over()) == 0
        assert path.read_bytes() == b"stars"

    assert blobs.left_over() == ()


def test_who_reads_a_file_goes_on_when_it_is_brought_again(blobs: SqlBlobs) -> None:
    content = os.urandom(3 * PIECE_BYTES)
    sha256 = blobs.put(content).sha256
    reading = blobs.pieces(sha256)
    first = next(reading)

    blobs.put(content)

    assert first + b"".join(reading) == content


def test_who_reads_a_file_is_told_when_it_is_deleted(blobs: SqlBlobs) -> None:
    sha256 = blobs.put(os.urandom(3 * PIECE_BYTES)).sha256
    reading = blobs.pieces(sha256)
    next(reading)

    blobs.delete(sha256)

    with pytest.raises(BlobMissing):
        list(reading)


def test_names_without_a_file_are_told_from_those_with_one(blobs: SqlBlobs) -> None:
    kept = blobs.put(b"stars").sha256

    assert blobs.missing([kept, "0" * 64]) == {"0" * 64}


def test_the_same_bytes_are_kept_once_whoever_brings_them_at_once(blobs: SqlBlobs, database: Database) -> None:
    threads = [threading.Thread(target=blobs.put, args=(b"stars" * 1000,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(list(blobs.all())), n_pieces(database)) == (1, 1)


def test_what_breaks_off_or_is_too_long_leaves_nothing(blobs: SqlBlobs, database: Database) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x" * PIECE_BYTES
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        blobs.put_stream(broken(), max_bytes=1 << 30)
    with pytest.raises(TooManyBytes):
        blobs.put_stream([b"x" * 600, b"x" * 600], max_bytes=1000)

    assert (list(blobs.all()), n_pieces(database)) == ([], 0)


def test_a_damaged_file_is_found_out_and_mended_by_bringing_it_again(blobs: SqlBlobs, database: Database) -> None:
    sha256 = blobs.put(b"stars").sha256
    damage(database)

    for look in (blobs.read, blobs.verify):
        with pytest.raises(BlobDamaged):
            look(sha256)
    with pytest.raises(BlobDamaged), blobs.as_file(sha256):
        raise AssertionError("opened")
    blobs.put(b"stars")

    assert (blobs.read(sha256), n_pieces(database)) == (b"stars", 1)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 64])
def test_what_is_no_stored_hash_is_missing(blobs: SqlBlobs, name: str) -> None:
    with pytest.raises(BlobMissing):
        blobs.find(name)
    with pytest.raises(BlobMissing):
        blobs.read(name)
    assert not blobs.delete(name)


def test_deleted_is_gone(blobs: SqlBlobs, database: Database) -> None:
    sha256 = blobs.put(b"stars").sha256

    assert (blobs.delete(sha256), blobs.delete(sha256)) == (True, False)
    assert (list(blobs.all()), n_pieces(database)) == ([], 0)
