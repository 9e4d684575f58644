"""Packages that reach for files, hosts and memory get none, whatever their format, and write nothing."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_archives import zip_of
from hostile_packages import GLOSSARY, PACKAGES, SINGLE_FILES, XML_PLACES, xml_attacks
from test_archives import NAMES_THAT_LEAD_ELSEWHERE

from corpus.errors import CorpusError
from corpus.source_reading import read_source
from corpus.types import SourceReading

MEBIBYTE = 1 << 20
SECRET = "wordsofasecretfile"
ATTACKS = sorted(xml_attacks("/nowhere", 1))
_opened_for_writing: list[str] = []
_is_watching = False


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if not _is_watching:
        return
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        _opened_for_writing.append(str(arguments[0]))
    elif event in ("os.mkdir", "os.rename", "os.symlink", "os.link", "socket.connect", "subprocess.Popen"):
        _opened_for_writing.append(f"{event} {arguments}")


sys.addaudithook(_watch)  # cannot be removed again, so it listens only while a test asks it to


@pytest.fixture
def writes() -> Iterator[list[str]]:
    """What was opened for writing, made or called during the test."""
    global _is_watching  # noqa: PLW0603
    _opened_for_writing.clear()
    _is_watching = True
    yield _opened_for_writing
    _is_watching = False


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A host that nobody should call."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.setblocking(False)
        yield server


def memory_of(code: str) -> int:
    """Peak memory, in bytes, of a Python process that runs this; it fails if the code does."""
    # Not getrusage: its peak is the parent's where that one was larger before the child's program was loaded.
    measure = "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    tests = str(Path(__file__).parent)
    environment = {**os.environ, "PYTHONPATH": f"{tests}{os.pathsep}{Path(tests).parent}"}
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{measure}"], check=True, capture_output=True, text=True, env=environment
    )
    return int(done.stdout.split()[-1]) * 1024


def read(data: bytes, name: str) -> SourceReading:
    return read_source(data, name, course_id="c", document_id="d")


def words_of(data: bytes, name: str) -> str:
    """All that a reading or its refusal says."""
    try:
        return str(read(data, name))
    except CorpusError as error:
        return str(error)


def attacked(format_: str, path: str, attack: str, secret: Path, port: int) -> tuple[str, bytes]:
    rewrite = xml_attacks(str(secret), port)[attack]
    if format_ == "moodle glossary":
        return "terms.xml", rewrite(GLOSSARY)
    name, sample, pack = PACKAGES[format_]
    files = sample()
    plain = (
        str(files[path]).removeprefix('<?xml version="1.0" encoding="UTF-8"?>').removeprefix('<?xml version="1.0"?>')
    )
    return name, pack(files | {path: rewrite(plain)})


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(("format_", "path"), [*XML_PLACES, ("moodle glossary", "")])
def test_xml_gives_no_file_calls_no_host_and_fills_no_memory(
    format_: str, path: str, attack: str, tmp_path: Path, listener: socket.socket
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    name, data = attacked(format_, path, attack, secret, listener.getsockname()[1])

    words = words_of(data, name)

    assert SECRET not in words
    assert "lollol" not in words
    assert len(words) < 1_000_000
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_there_are_twelve_attacks() -> None:
    assert len(ATTACKS) == 12


def test_the_samples_are_read_when_nothing_is_wrong_with_them() -> None:
    for name, sample, pack in PACKAGES.values():
        reading = read(pack(sample()), name)
        assert len(reading.documents) >= 2
        assert [item for item in reading.items if item.outcome == "failed"] == []
    for name, data in SINGLE_FILES.values():
        assert read(data, name).documents


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="peak memory is read from /proc")
def test_refusing_bombs_of_every_name_takes_little_memory() -> None:
    code = (
        "from hostile_archives import bombs\n"
        "from corpus.errors import CorpusError\n"
        "from corpus.source_reading import read_source\n"
        "for number, bomb in enumerate(bombs().values()):\n"
        "    name = 'bomb' + ('.zip', '.doc', '.imscc', '.mbz', '.md')[number % 5]\n"
        "    try:\n"
        "        reading = read_source(bomb, name, course_id='c', document_id='d')\n"
        "        assert not reading.documents, number\n"
        "    except CorpusError:\n        pass\n"
    )

    assert memory_of(code) < 512 * MEBIBYTE


@pytest.mark.parametrize("format_", PACKAGES)
def test_names_that_lead_elsewhere_write_nothing_and_hide_nothing(format_: str, writes: list[str]) -> None:
    name, sample, pack = PACKAGES[format_]
    plain = read(pack(sample()), name)
    for hostile in NAMES_THAT_LEAD_ELSEWHERE:
        if pack is zip_of and (not hostile or "\0" in hostile):
            continue  # the library that packs does not write such a name; test_archives writes it by hand
        reading = read(pack({hostile: "words", **sample()}), name)

        assert {document.document_id for document in plain.documents} <= {
            document.document_id for document in reading.documents
        }
    assert writes == []
