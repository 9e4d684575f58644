"""Damaged files of every format end in documents that are sound or in a reason, never in another error or a hang.

300 mutated files for each format, seeded; ``TUTOR_FUZZ=full`` makes them 2,000.
"""

import os
import random
import signal
from collections.abc import Iterator
from types import FrameType
from typing import get_args

import pytest
from corpus_samples import assert_sound
from hostile_packages import PACKAGES, SINGLE_FILES

from corpus.errors import CorpusError
from corpus.source_formats import SourceFormat, format_of
from corpus.source_reading import read_source

N_FILES = 2_000 if os.environ.get("TUTOR_FUZZ") == "full" else 300
LIMIT_S = 20  # of one file: a hang, not a slow machine
FRAGMENTS = [
    b"<", b">", b"</", b"<![CDATA[", b"]]>", b"<!--", b"&#x0;", b"&#x202E;", b"\0", b"\xff\xfe", b"PK\x03\x04", b"../",
    b"$@NULL@$", b"<table>" * 50, b"<div>" * 300, b"<dl><dt>", b"\\(", b"$$", b"999999999999", b"-1", b"{\"op\":\"&\"}",
    b"<math><mfrac>", b"<item>", b"%2e%2e/", b"\xe2\x80\xae", b"xmlns=\"\"", b"'", b"\"",
]  # fmt: skip


MARKDOWN = r"""---
title: Cells
---
# Cells é

A cell lives because $E = mc^2$, and `code` \(x\) says so [see](http://x.org "t").

## Key terms

- **nucleus**: A nucleus is the *core* of a cell.
- **wall**: A wall is what plants have.[^1]

| a | b |
|---|--:|
| 1 | 2 |

$$
\sum_i x_i
$$

```python
print("cells")
```

> quoted <b>html</b> &amp; more

1. one
   - two

[^1]: Not all of them.

## Key takeaways

- Cells live.
"""


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


TEXTS = {
    "markdown": ("lesson.md", MARKDOWN.encode()),
    "markdown in UTF-16": ("lesson.md", MARKDOWN.encode("utf-16")),
    "plain text": ("lesson.txt", MARKDOWN.encode()),
}
ALONE = SINGLE_FILES | TEXTS


@pytest.mark.parametrize("format_", ALONE)
def test_a_damaged_file_is_read_or_refused(format_: str, hang_watch: None) -> None:
    random_ = random.Random(f"{format_} 2026")
    name, data = ALONE[format_]

    n_read = sum(read_or_refuse(mutate(data, random_), name, number) for number in range(N_FILES))

    assert n_read > N_FILES / 20


def test_every_format_that_is_read_is_damaged_here_or_in_processes_of_its_own() -> None:
    packages = [(pack(sample()), name) for name, sample, pack in PACKAGES.values()]
    alone = [(data, name) for name, data in ALONE.values()]
    elsewhere = {"pdf", "docx", "pptx"}  # test_hostile_sources.py: their readers can crash the interpreter

    damaged = {format_of(data, name) for data, name in packages + alone}

    assert damaged | elsewhere == set(get_args(SourceFormat))
