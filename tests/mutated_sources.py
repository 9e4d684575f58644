"""Spoils real files by the hundred and reads them: ``python mutated_sources.py pdf 1 300``.

A program of its own, because a reader that crashes or hangs must not take the tests along. It prints nothing when every
file was read or refused as it should be, and a document that came out keeps its invariants.
"""

import random
import resource
import sys
import traceback
import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from docx.document import Document as WordFile  # noqa: E402
from office_samples import small_slides_file, word_file  # noqa: E402
from pdf_samples import book, drawn, write_lines  # noqa: E402
from reportlab.pdfgen.canvas import Canvas  # noqa: E402

from corpus.document_checks import faults_of  # noqa: E402
from corpus.errors import UnreadableFile  # noqa: E402
from corpus.source_reading import read_source  # noqa: E402

_CPU_S_PER_FILE = 20  # a reader that takes longer over these small files hangs


def sources(kind: str) -> list[bytes]:
    """Sound files of one format."""
    if kind == "pdf":
        lines = ["Stars shine by fusion.", "They end as dwarfs, giants or holes."]

        def draw(canvas: Canvas) -> None:
            canvas.setPageCompression(0)
            write_lines(canvas, lines)

        return [drawn(draw), book(3, 1)[0]]
    if kind == "docx":

        def write(made: WordFile) -> None:
            made.add_heading("Cells", 1)
            made.add_paragraph("They live.").add_run("bold").bold = True
            made.add_paragraph("small", style="List Bullet")
            made.add_table(rows=2, cols=2).cell(0, 0).text = "Nucleus"

        return [word_file(write)]
    return [small_slides_file()]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A file with some bytes changed, removed, repeated or moved; of a zip file, half of the time inside its parts."""
    if data.startswith(b"PK") and chance.random() < 0.7:
        return _mutated_inside(data, chance)
    return _mutated_bytes(data, chance)


def _mutated_inside(data: bytes, chance: random.Random) -> bytes:
    buffer = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(buffer, "w", ZIP_STORED) as new:
        names = old.namelist()
        told = [name for name in names if name.endswith((".xml", ".rels")) and "theme" not in name]
        chosen = set(chance.sample(told, chance.randint(1, 2)))
        for name in names:
            if chance.random() < 0.01:
                continue
            part = old.read(name)
            new.writestr(name, _mutated_markup(part, chance) if name in chosen else part)
    return buffer.getvalue()


def _mutated_markup(part: bytes, chance: random.Random) -> bytes:
    """Spoil XML so that it often stays well-formed: numbers, attributes, whole elements."""
    pieces = part.split(b"<")
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(pieces))
        match chance.randrange(5):
            case 0:
                digits = bytes(
                    chance.choice(b"0123456789-") if chance.random() < 0.3 and 48 <= b < 58 else b
                    for b in pieces[place]
                )
                pieces[place] = digits
            case 1:
                pieces.insert(place, pieces[chance.randrange(len(pieces))])
            case 2 if len(pieces) > 2:
                del pieces[place]
            case 3:
                pieces[place] = pieces[place].replace(b'"', b'"\xef\xbf\xbd', 1)
            case _:
                pieces[place] = _mutated_bytes(pieces[place], chance)
    return b"<".join(pieces)


def _mutated_bytes(data: bytes, chance: random.Random) -> bytes:
    spoiled = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5, 20])):
        place = chance.randrange(len(spoiled) + 1)
        length = chance.choice([1, 2, 8, 100])
        match chance.randrange(5):
            case 0:
                spoiled[place : place + length] = chance.randbytes(length)
            case 1:
                del spoiled[place : place + length]
            case 2:
                start = chance.randrange(len(spoiled) + 1)
                spoiled[place:place] = spoiled[start : start + length]
            case 3:
                spoiled[place : place + length] = b"9" * length
            case _:
                if chance.random() < 0.1:
                    del spoiled[place:]
    return bytes(spoiled)


def failures(kind: str, seed: int, count: int) -> Iterator[str]:
    """Yield what went wrong, for files that must be read or refused."""
    sound = sources(kind)
    for number in range(count):
        chance = random.Random(f"{kind}-{seed}-{number}")
        data = mutated(chance.choice(sound), chance)
        used = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        resource.setrlimit(resource.RLIMIT_CPU, (int(used) + _CPU_S_PER_FILE, resource.RLIM_INFINITY))
        try:
            reading = read_source(data, f"spoiled.{kind}", course_id="c", document_id="d")
        except UnreadableFile:
            continue
        except Exception:
            yield f"{kind} {seed} {number}: {traceback.format_exc()}"
            continue
        for document in reading.documents:
            yield from (f"{kind} {seed} {number}: {fault}" for fault in faults_of(document))


if __name__ == "__main__":
    warnings.simplefilter("error")
    for failure in failures(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])):
        print(failure)  # noqa: T201 - what this program is for
