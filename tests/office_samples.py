"""Office files made on the spot, and ways to spoil them."""

from collections.abc import Callable, Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import pptx
from docx.document import Document as WordFile
from pptx.presentation import Presentation

from corpus.source_reading import read_source
from corpus.types import Document, SourceReading

MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def word_file(write: Callable[[WordFile], None]) -> bytes:
    """A DOCX file of what ``write`` writes."""
    buffer = BytesIO()
    made = docx.Document()
    write(made)
    made.save(buffer)
    return buffer.getvalue()


def slides_file(write: Callable[[Presentation], None]) -> bytes:
    """A PPTX file of what ``write`` writes."""
    buffer = BytesIO()
    made = pptx.Presentation()
    write(made)
    made.save(buffer)
    return buffer.getvalue()


def small_word_file() -> bytes:
    """A heading and a sentence."""

    def write(made: WordFile) -> None:
        made.add_heading("Cells", 1)
        made.add_paragraph("They live.")

    return word_file(write)


def small_slides_file() -> bytes:
    """A title and two bullets."""

    def write(made: Presentation) -> None:
        slide = made.slides.add_slide(made.slide_layouts[1])
        slide.shapes.title.text = "Cells"
        slide.placeholders[1].text = "They live.\nThey divide."

    return slides_file(write)


def with_parts(data: bytes, changes: Mapping[str, bytes]) -> bytes:
    """An Office file whose parts of these names are replaced or added."""
    buffer = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(buffer, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, old.read(name)))
        for name in changes.keys() - set(old.namelist()):
            new.writestr(name, changes[name])
    return buffer.getvalue()


def part_of(data: bytes, name: str) -> bytes:
    """One part of an Office file."""
    with ZipFile(BytesIO(data)) as archive:
        return archive.read(name)


def office_reading(data: bytes) -> SourceReading:
    """An Office file, read in this process."""
    return read_source(data, "lesson.bin", course_id="biology", document_id="lesson")


def office_document(data: bytes) -> Document:
    """The document that an Office file becomes."""
    (document,) = office_reading(data).documents
    return document


def kinds_of(document: Document) -> list[tuple[str, str]]:
    """The blocks of a document: kind and text."""
    return [(block.kind, document.text[block.char_start : block.char_end]) for block in document.blocks]
