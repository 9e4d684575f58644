"""A PPTX file becomes a document: a page and a section for each slide, its title, bullets, tables and speaker notes.

Hidden slides and what nobody sees of a slide are left out and reported.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

import pptx

from corpus.archives import check_office_zip
from corpus.decoding import clean_text
from corpus.document_reading import document_of, title_from_name
from corpus.document_writer import DocumentWriter, ReadText
from corpus.errors import UnreadableFile
from corpus.number_ranges import number_ranges
from corpus.pptx_shapes import SlideContent, content_of, is_hidden_slide
from corpus.pptx_text import SlideParagraph
from corpus.types import Block, ItemOutcome, ItemReport, Page, SourceReading, Span

MAX_SLIDES = 2_000  # the longest lecture series in one file have some 500
_EMU_PER_POINT = 12_700
_HEADING_LEVEL = 2  # the whole presentation is the level above
_NO_TITLE = ("powerpoint presentation", "presentation", "slide 1")  # what programs write when nobody gave one


@dataclass(slots=True)
class _LeftOut:
    """What was not read, by the numbers of the slides."""

    hidden: list[int] = field(default_factory=list)
    with_hidden_words: list[int] = field(default_factory=list)
    without_text: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    n_beyond: int = 0

    def reasons(self) -> list[str]:
        """In words for an instructor."""
        said = (
            (self.hidden, "hidden slides left out: {}"),
            (self.with_hidden_words, "hidden text left out on slides {}"),
            (self.without_text, "slides {} have no text: pictures, which need OCR"),
            (self.damaged, "slides {} are damaged"),
        )
        reasons = [words.format(number_ranges(numbers)) for numbers, words in said if numbers]
        if self.n_beyond:
            reasons.append(f"the last {self.n_beyond:,} slides are beyond the limit of {MAX_SLIDES:,}; split the file")
        return reasons


def read_pptx(data: bytes, source_name: str, *, course_id: str, document_id: str) -> SourceReading:
    """Read a PPTX file.

    Raises:
        UnreadableFile: If it is damaged, unsafe to open, or has no text on any slide that is shown.
    """
    check_office_zip(data, source_name)
    try:
        presentation = pptx.Presentation(BytesIO(data))
        slides: list[Any] = list(presentation.slides)
        width, height = int(presentation.slide_width or 0), int(presentation.slide_height or 0)
        own_title = clean_text(presentation.core_properties.title or "").strip()
    except Exception as error:  # whatever a malformed part makes python-pptx stumble over
        raise UnreadableFile(source_name, "a damaged PPTX file; open and save it again") from error
    left_out = _LeftOut(n_beyond=max(0, len(slides) - MAX_SLIDES))
    contents = _read_slides(slides[:MAX_SLIDES], width, height, left_out)
    reasons = left_out.reasons()
    if not any(content.parts or content.notes for content in contents.values()):
        raise UnreadableFile(source_name, "; ".join(["no text in it", *reasons]))
    named = own_title if own_title.casefold() not in _NO_TITLE else ""
    first_title = next((content.title for content in contents.values() if content.title), "")
    title = named or first_title or title_from_name(PurePosixPath(source_name).stem)
    written, numbers = _written(contents)
    document = replace(
        document_of(written, data, source_name, title=title, course_id=course_id, document_id=document_id),
        pages=tuple(_pages(written.blocks, numbers, width / _EMU_PER_POINT, height / _EMU_PER_POINT)),
    )
    outcome: ItemOutcome = "partly" if reasons else "read"
    item = ItemReport(source_name, outcome, "; ".join(reasons), document_id, len(document.text))
    return SourceReading((document,), (item,))


def _read_slides(slides: list[Any], width: int, height: int, left_out: _LeftOut) -> dict[int, SlideContent]:
    """Return what the slides that are shown say, by their numbers."""
    contents: dict[int, SlideContent] = {}
    for number, slide in enumerate(slides, start=1):
        try:
            if is_hidden_slide(slide):
                left_out.hidden.append(number)
                continue
            content = content_of(slide, width, height)
        except Exception:  # whatever a malformed slide makes python-pptx stumble over
            left_out.damaged.append(number)
            continue
        if content.hides_words:
            left_out.with_hidden_words.append(number)
        if content.title or content.parts or content.notes:
            contents[number] = content
        elif content.has_shapes and not content.hides_words:
            left_out.without_text.append(number)
    return contents


def _written(contents: dict[int, SlideContent]) -> tuple[ReadText, list[int]]:
    """Write the slides; return with the text the slide number of every block."""
    writer = DocumentWriter()
    numbers: list[int] = []
    for number, content in contents.items():
        writer.add("heading", content.title or f"Slide {number}", level=_HEADING_LEVEL)
        for part in content.parts:
            if isinstance(part, str):
                writer.add("table", part)
            else:
                _write_paragraph(writer, part)
        if content.notes:
            writer.add("paragraph", f"Speaker notes: {content.notes}")
        numbers += [number] * (writer.n_blocks - len(numbers))
    return writer.finish(""), numbers


def _write_paragraph(writer: DocumentWriter, paragraph: SlideParagraph) -> None:
    words = paragraph.words
    lead = "- " if paragraph.bullet else ""
    writer.add(
        "list_item" if lead else "paragraph",
        lead + words.text,
        level=paragraph.depth + 1 if lead else 0,
        bold_lead="" if words.bold_lead == words.text else words.bold_lead,
        emphasised=tuple(Span(s.char_start + len(lead), s.char_end + len(lead)) for s in words.emphasised),
        indent="  " * paragraph.depth if lead else "",
    )


def _pages(blocks: tuple[Block, ...], numbers: list[int], width: float, height: float) -> Iterator[Page]:
    spans: dict[int, tuple[int, int]] = {}
    for block, number in zip(blocks, numbers, strict=True):
        start, _ = spans.get(number, (block.char_start, 0))
        spans[number] = (start, block.char_end)
    for number, (start, end) in spans.items():
        yield Page(number - 1, f"Slide {number}", start, end, width, height)
