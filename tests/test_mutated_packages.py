"""Damaged packages end in documents that are sound or in a reason, never in another error and never in a hang.

300 mutated files for each format, seeded; ``TUTOR_FUZZ=full`` makes them 2,000.
"""

import os
import random
import signal
from collections.abc import Iterator
from types import FrameType

import pytest
from corpus_samples import assert_sound
from hostile_packages import PACKAGES, SINGLE_FILES

from corpus.errors import CorpusError
from corpus.source_reading import read_source

N_FILES = 2_000 if os.environ.get("TUTOR_FUZZ") == "full" else 300
LIMIT_S = 20  # of one file: a hang, not a slow machine
FRAGMENTS = [
    b"<", b">", b"</", b"<![CDATA[", b"]]>", b"<!--", b"&#x0;", b"&#x202E;", b"\0", b"\xff\xfe", b"PK\x03\x04", b"../",
    b"$@NULL@$", b"<table>" * 50, b"<div>" * 300, b"<dl><dt>", b"\\(", b"$$", b"999999999999", b"-1", b"{\"op\":\"&\"}",
    b"<math><mfrac>", b"<item>", b"%2e%2e/", b"\xe2\x80\xae", b"xmlns=\"\"", b"'", b"\"",
]  # fmt: skip


def mutate(data: bytes, random_: random.Random) -> bytes:
    """Change a file in one to five places."""
    changed = bytearray(data)
    for _ in range(random_.randint(1, 5)):
        at = random_.randrange(len(changed) + 1)
        length = random_.choice([1, 2, 8, 64, 512])
        match random_.randrange(6):
            case 0:
                changed[at : at + 1] = bytes([random_.randrange(256)])
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = random_.choice(FRAGMENTS)
            case 3:
                changed[at:at] = changed[max(0, at - length) : at] * random_.randint(1, 4)
            case 4:
                start = random_.randrange(len(changed) + 1)
                changed[at : at + length] = changed[start : start + length]
            case _:
                del changed[at + (len(changed) - at) // 2 :]
    return bytes(changed)


def mutated_package(format_: str, random_: random.Random) -> tuple[bytes, str]:
    """A package of which one file, the packed bytes, or a file's presence is changed."""
    name, sample, pack = PACKAGES[format_]
    files = sample()
    kind = random_.randrange(5)
    if kind == 0:
        return mutate(pack(files), random_), name
    path = random_.choice(sorted(files))
    content = files[path]
    if kind == 1:
        del files[path]
    else:
        files[path] = mutate(content.encode() if isinstance(content, str) else content, random_)
    return pack(files), name


@pytest.fixture
def hang_watch() -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"reading took more than {LIMIT_S} s")

    before = signal.signal(signal.SIGALRM, stop)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def read_or_refuse(data: bytes, name: str, number: int) -> bool:
    """Read a damaged file; tell whether any of it could be read."""
    signal.alarm(LIMIT_S)
    try:
        reading = read_source(data, name, course_id="c", document_id="d")
    except CorpusError as error:
        assert str(error)
        return False
    ids = [document.document_id for document in reading.documents]
    assert len(set(ids)) == len(ids)
    for document in reading.documents:
        assert_sound(document, chunks=number % 10 == 0)
    return bool(reading.documents)


@pytest.mark.parametrize("format_", PACKAGES)
def test_a_damaged_package_is_read_or_refused(format_: str, hang_watch: None) -> None:
    random_ = random.Random(f"{format_} 2026")

    n_read = sum(read_or_refuse(*mutated_package(format_, random_), number) for number in range(N_FILES))

    assert n_read > N_FILES / 5  # else the damage is such that no reader is reached


@pytest.mark.parametrize("format_", SINGLE_FILES)
def test_a_damaged_file_is_read_or_refused(format_: str, hang_watch: None) -> None:
    random_ = random.Random(f"{format_} 2026")
    name, data = SINGLE_FILES[format_]

    n_read = sum(read_or_refuse(mutate(data, random_), name, number) for number in range(N_FILES))

    assert n_read > N_FILES / 20
