"""Original files, kept by what they are."""

import hashlib
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.state.errors import BlobDamaged, BlobMissing, StateUnwritable, TooManyBytes
from tutor.state.folder_blobs import FolderBlobs
from tutor.state.half_written import folder_being_written, remove_abandoned


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs")


@given(chunks=st.lists(st.binary(max_size=50), max_size=10))
def test_what_arrives_in_pieces_comes_back_whole(chunks: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    blobs = FolderBlobs(tmp_path_factory.mktemp("blobs"))
    content = b"".join(chunks)

    blob = blobs.put_stream(iter(chunks), max_bytes=1000)

    assert (blob.sha256, blob.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert blobs.read(blob.sha256) == content
    assert blobs.verify(blob.sha256) == blob
    assert list(blobs.all()) == [blob.sha256]


def test_the_same_bytes_are_kept_once(blobs: FolderBlobs) -> None:
    assert blobs.put(b"stars") == blobs.put(b"stars")
    assert len(list(blobs.all())) == 1


def test_two_that_bring_the_same_at_once_keep_it_once(blobs: FolderBlobs) -> None:
    content = os.urandom(1 << 20)
    threads = [threading.Thread(target=blobs.put, args=(content,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (sha256,) = blobs.all()
    assert blobs.read(sha256) == content
    assert blobs.left_over() == ()


def test_too_many_bytes_are_refused_where_the_limit_is_passed_and_leave_nothing(blobs: FolderBlobs) -> None:
    arrived = []

    def endless() -> object:
        while True:
            arrived.append(1)
            yield b"x" * 100

    with pytest.raises(TooManyBytes, match="1000"):
        blobs.put_stream(endless(), max_bytes=1000)  # type: ignore[arg-type]

    assert len(arrived) == 11
    assert list(blobs.all()) == []
    assert blobs.left_over() == ()


def test_a_sender_that_breaks_off_leaves_nothing(blobs: FolderBlobs) -> None:
    def broken() -> object:
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        blobs.put_stream(broken(), max_bytes=1000)  # type: ignore[arg-type]

    assert list(blobs.all()) == []
    assert blobs.left_over() == ()


def test_a_changed_file_is_found_out(blobs: FolderBlobs) -> None:
    blob = blobs.put(b"stars")
    blobs.path(blob.sha256).write_bytes(b"stats")

    with pytest.raises(BlobDamaged, match=blob.sha256):
        blobs.read(blob.sha256)
    with pytest.raises(BlobDamaged, match="restore a backup"):
        blobs.verify(blob.sha256)


def test_bringing_a_damaged_file_again_mends_it(blobs: FolderBlobs) -> None:
    blob = blobs.put(b"stars")
    blobs.path(blob.sha256).write_bytes(b"stats")

    blobs.put(b"stars")

    assert blobs.read(blob.sha256) == b"stars"


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "a" * 64 + "/", "A" * 64, "a" * 63 + "\0", "0" * 64])
def test_what_is_no_stored_hash_is_missing_and_never_a_path(blobs: FolderBlobs, name: str) -> None:
    with pytest.raises(BlobMissing):
        blobs.path(name)
    assert not blobs.delete(name)


def test_deleted_is_gone(blobs: FolderBlobs) -> None:
    sha256 = blobs.put(b"stars").sha256

    assert (blobs.delete(sha256), blobs.delete(sha256)) == (True, False)
    with pytest.raises(BlobMissing):
        blobs.read(sha256)


def test_only_the_owner_may_read_them(blobs: FolderBlobs) -> None:
    path = blobs.path(blobs.put(b"exam").sha256)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_killed_writer_leaves_no_stored_file(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from tutor.state.folder_blobs import FolderBlobs\n"
        "def chunks():\n    yield b'half'\n    os.kill(os.getpid(), 9)\n"
        "FolderBlobs(Path(sys.argv[1])).put_stream(chunks(), max_bytes=99)"
    )

    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)

    blobs = FolderBlobs(tmp_path)
    assert (killed.returncode, list(blobs.all()), len(blobs.left_over())) == (-9, [], 1)


def test_a_full_disk_says_so_and_keeps_what_was_there(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small disk to fill: {mounted.stderr.strip()}")
    try:
        blobs = FolderBlobs(disk / "blobs")
        kept = blobs.put(b"before")

        with pytest.raises(StateUnwritable, match="No space left"):
            blobs.put(os.urandom(2 << 20))

        assert blobs.read(kept.sha256) == b"before"
        assert blobs.left_over() == ()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_whoever_tidies_up_all_the_time_takes_nothing_from_those_who_write(tmp_path: Path) -> None:
    ended = threading.Event()

    def tidy() -> None:
        while not ended.is_set():
            remove_abandoned(tmp_path.iterdir())

    tidying = threading.Thread(target=tidy)
    tidying.start()
    try:
        for _ in range(300):
            with folder_being_written(tmp_path) as folder:
                (folder / "file").write_bytes(b"stars")
                assert (folder / "file").read_bytes() == b"stars"
    finally:
        ended.set()
        tidying.join()

    assert list(tmp_path.iterdir()) == []


def test_what_is_being_written_is_told_from_what_a_killed_process_left(blobs: FolderBlobs, tmp_path: Path) -> None:
    left = [tmp_path / "blobs" / ".arriving-dead", tmp_path / "uploads" / "dead"]
    left[0].parent.mkdir()
    left[0].write_bytes(b"half")
    left[1].mkdir(parents=True)
    (left[1] / "0").write_bytes(b"half")
    removed = []

    def arriving() -> Iterator[bytes]:
        yield b"first half, "
        with folder_being_written(tmp_path / "uploads") as living:
            removed.append(remove_abandoned([*blobs.left_over(), *(tmp_path / "uploads").iterdir()]))
            assert living.is_dir()
        yield b"second half"

    blob = blobs.put_stream(arriving(), max_bytes=100)

    assert blobs.read(blob.sha256) == b"first half, second half"
    assert removed == [2]
    assert not any(path.exists() for path in left)
    assert list((tmp_path / "uploads").iterdir()) == []
