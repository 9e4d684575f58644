"""What a file does to its reader happens in another process, within limits, and ends in words for an instructor."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hostile_archives import tar_of
from office_samples import small_slides_file, small_word_file, with_parts
from pdf_samples import book, drawn, page_of_facts, write_lines
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from corpus.course_folder import read_course
from corpus.decoding import clean_text
from corpus.errors import ReadingFailed, UnreadableFile
from corpus.reading_limits import ReadingLimits
from corpus.reading_process import read_in_child, render_page_in_child
from corpus.source_reading import read_source
from corpus.types import SourceReading

_LIMITS = ReadingLimits()


@pytest.fixture(scope="module")
def slow_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PDF of 400 full pages: seconds of work."""

    def draw(canvas: Canvas) -> None:
        for number in range(400):
            write_lines(canvas, page_of_facts(number, 30), size=7)
            canvas.showPage()

    path = tmp_path_factory.mktemp("slow") / "slow.pdf"
    path.write_bytes(drawn(draw))
    return path


@pytest.fixture
def small_file(tmp_path: Path) -> Path:
    path = tmp_path / "upload"
    path.write_bytes(drawn(lambda canvas: write_lines(canvas, ["Stars shine by fusion."])))
    return path


def read(path: Path, *, source_name: str = "stars.pdf", limits: ReadingLimits = _LIMITS) -> SourceReading:
    return read_in_child(path, source_name, course_id="stars", document_id="stars", limits=limits)


def children_that_read() -> list[int]:
    """Process ids of this process's children that are reading a file."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = int(process.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid() and b"corpus.reading_child" in process.joinpath("cmdline").read_bytes():
                found.append(int(process.name))
        except (OSError, ValueError):
            continue
    return found


def when_one_reads(during: threading.Event) -> Iterator[int]:
    """Wait for a child that reads, and yield its process id."""
    while not during.is_set():
        yield from children_that_read()


def test_a_child_reads_the_same_as_this_process(tmp_path: Path) -> None:
    data = book(12, 3)[0]
    path = tmp_path / "upload"
    path.write_bytes(data)

    expected = read_source(data, "stars.pdf", course_id="stars", document_id="stars")
    assert read(path) == expected


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\0b.pdf", "/etc/shadow", "..\\x.pdf", "x" * 5_000, "\udcff.pdf"]
)
def test_a_name_is_shown_and_never_used(small_file: Path, name: str) -> None:
    before = sorted(small_file.parent.iterdir())

    reading = read(small_file, source_name=name)

    assert reading.documents[0].source_name == clean_text(name)
    assert sorted(small_file.parent.iterdir()) == before


def test_what_cannot_be_read_is_refused_with_the_readers_words(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(b"%PDF-1.7\n")

    with pytest.raises(UnreadableFile, match="a damaged PDF file") as refused:
        read(path, source_name="week 1/stars.pdf")
    assert refused.value.source_name == "week 1/stars.pdf"
    with pytest.raises(UnreadableFile, match="No such file"):
        read(tmp_path / "gone")


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (replace(_LIMITS, cpu_s=1), "more than 1 s of processor time"),
        (replace(_LIMITS, wall_s=0.7), "longer than 0.7 s"),
        (replace(_LIMITS, address_space_bytes=90 << 20), "memory"),
    ],
)
def test_a_file_that_takes_too_much_is_stopped(slow_file: Path, limits: ReadingLimits, reason: str) -> None:
    with pytest.raises(ReadingFailed, match=reason):
        read(slow_file, limits=limits)
    assert children_that_read() == []


def test_an_answer_that_is_too_long_is_not_listened_to(small_file: Path) -> None:
    with pytest.raises(ReadingFailed, match="its text is more than"):
        read(small_file, limits=replace(_LIMITS, result_bytes=100))


@pytest.mark.parametrize(
    ("how", "reason"), [(signal.SIGKILL, "stopped from outside"), (signal.SIGSEGV, "crashes its reader")]
)
def test_a_killed_child_is_survived(slow_file: Path, small_file: Path, how: signal.Signals, reason: str) -> None:
    over = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read, slow_file)
        reading.add_done_callback(lambda _: over.set())
        os.kill(next(when_one_reads(over)), how)

        with pytest.raises(ReadingFailed, match=reason):
            reading.result()
    assert read(small_file).documents[0].text == "Stars shine by fusion."


def test_a_child_has_no_secrets_in_its_environment(slow_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_API_KEY", "a secret")
    over = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read, slow_file)
        reading.add_done_callback(lambda _: over.set())
        child = next(when_one_reads(over))
        environment = Path(f"/proc/{child}/environ").read_bytes()
        os.kill(child, signal.SIGKILL)

    assert b"secret" not in environment
    assert {entry.partition(b"=")[0] for entry in environment.split(b"\0") if entry} <= {b"LANG"}


_CONFINED = """
import socket, sys
from pathlib import Path
from corpus.reading_limits import ReadingLimits, confine_this_process
confine_this_process(ReadingLimits(written_bytes=1000))
def tried(action):
    try:
        action()
    except OSError as error:
        return type(error).__name__
    return "done"
print(tried(lambda: Path(sys.argv[1]).write_bytes(b"x" * 1001)))
print(tried(lambda: socket.create_connection(("127.0.0.1", int(sys.argv[2])), timeout=5)))
print(tried(lambda: [open("/dev/null") for _ in range(100)]))
"""


def test_a_confined_process_writes_little_and_reaches_no_network(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        command = [sys.executable, "-c", _CONFINED, str(tmp_path / "written"), str(server.getsockname()[1])]
        wrote, connected, opened = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    assert (wrote, opened) == ("OSError", "OSError")
    assert (tmp_path / "written").stat().st_size <= 1000
    if connected == "done":
        pytest.skip("this kernel lets an ordinary process make no network namespace of its own")
    assert connected == "OSError"


def test_a_page_is_drawn_by_a_child(small_file: Path) -> None:
    sha256 = hashlib.sha256(small_file.read_bytes()).hexdigest()

    picture = Image.open(BytesIO(render_page_in_child(small_file, "stars.pdf", 0, sha256=sha256, scale=1.0)))

    assert picture.size == (596, 842)
    with pytest.raises(UnreadableFile, match="no page 3"):
        render_page_in_child(small_file, "stars.pdf", 2, sha256=sha256)


def test_a_page_is_drawn_of_a_file_in_a_package_by_its_hash_alone(small_file: Path, tmp_path: Path) -> None:
    package = tmp_path / "course.mbz"
    package.write_bytes(tar_of({"a.txt": "words", "files/5d/5d41": small_file.read_bytes()}))
    sha256 = hashlib.sha256(small_file.read_bytes()).hexdigest()

    picture = Image.open(BytesIO(render_page_in_child(package, "course.mbz", 0, sha256=sha256, scale=1.0)))

    assert picture.size == (596, 842)
    with pytest.raises(UnreadableFile, match="no longer holds"):
        render_page_in_child(package, "course.mbz", 0, sha256="0" * 64)


def test_one_bad_file_of_a_folder_leaves_the_others_read(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Cells\n\nThey live.")
    (tmp_path / "b.pdf").write_bytes(drawn(lambda canvas: write_lines(canvas, ["Stars shine by fusion."])))
    (tmp_path / "c.docx").write_bytes(small_word_file())
    (tmp_path / "d.pptx").write_bytes(small_slides_file())
    (tmp_path / "e.docx").write_bytes(with_parts(small_word_file(), {"word/document.xml": b"a" * 99_000_000}))

    course = read_course(tmp_path)

    assert [document.source_name for document in course.documents] == ["a.md", "b.pdf", "c.docx", "d.pptx"]
    (bad,) = course.skipped
    assert bad.source_name == "e.docx"
    assert "bomb" in bad.reason or "limit" in bad.reason or "times" in bad.reason
