"""Blocks of a PDF are written as one canonical text; pages and boxes get their places in it."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from corpus.document_reading import title_from_name
from corpus.document_writer import DocumentWriter
from corpus.pdf_blocks import PdfBlock
from corpus.pdf_types import PdfPage
from corpus.pdf_words import BlockText, Vocabulary, text_of
from corpus.sections import build_sections
from corpus.types import Block, Document, Page, Span, TextBox

# What programs write as a title when nobody gave one.
_NO_TITLE = re.compile(
    r"untitled\b.*|\(?anonymous\)?|.*\.(?:docx?|pptx?|tex|dvi|indd|pdf|qxd)|(?:document|presentation)\s*\d*",
    re.IGNORECASE,
)
_PROGRAM = re.compile(r"microsoft (?:word|powerpoint)\s*-\s*", re.IGNORECASE)
_MIN_TITLE_LETTERS = 3


def document_of(
    blocks: Sequence[PdfBlock], vocabulary: Vocabulary, pages: Sequence[PdfPage], own_title: str, source_name: str
) -> Document:
    """Write the blocks as a document; its ids and hash are for the caller to fill in."""
    if all(block.kind == "heading" for block in blocks):  # a poster: large print is all the text there is
        blocks = [PdfBlock("paragraph", block.pieces) for block in blocks]
    writer = DocumentWriter()
    kept: list[tuple[PdfBlock, BlockText]] = []
    for block in blocks:
        words = text_of(block, vocabulary)
        if words.text.strip():
            text = words.text.replace("\n", " ") if block.kind == "heading" else words.text
            writer.add(block.kind, text, level=block.level, bold_lead=words.bold_lead, emphasised=words.emphasised)
            kept.append((block, words))
    written = writer.finish("")
    title = _title(own_title, writer.first_top_heading, source_name)
    boxes = [
        box for (block, words), where in zip(kept, written.blocks, strict=True) for box in _boxes(block, words, where)
    ]
    return Document(
        course_id="",
        document_id="",
        title=title,
        text=written.text,
        sections=build_sections(written.text, written.blocks, (title,)),
        blocks=written.blocks,
        source_name=source_name,
        source_sha256="",
        pages=tuple(_pages(pages, boxes)),
        boxes=tuple(boxes),
    )


def _boxes(block: PdfBlock, words: BlockText, where: Block) -> Iterator[TextBox]:
    """Yield where each line of a block stands."""
    # A text that lost the places of its lines (see corpus.pdf_words) still has the one of its first line.
    spans = words.piece_spans or (Span(0, len(words.text)),)
    for piece, span in zip(block.pieces, spans, strict=False):
        if span.char_start < span.char_end:
            box = piece.segment.box
            yield TextBox(
                page_index=piece.page_index,
                char_start=where.char_start + span.char_start,
                char_end=where.char_start + span.char_end,
                left=box.left,
                top=box.top,
                right=box.right,
                bottom=box.bottom,
            )


def _pages(pages: Sequence[PdfPage], boxes: Sequence[TextBox]) -> Iterator[Page]:
    """Yield every page with the stretch of text that stands on it; one without text has an empty stretch."""
    ends: dict[int, tuple[int, int]] = {}
    for box in boxes:
        start, _ = ends.get(box.page_index, (box.char_start, 0))
        ends[box.page_index] = (start, box.char_end)
    position = 0
    for page in pages:
        start, end = ends.get(page.index, (position, position))
        yield Page(page.index, page.label, start, end, round(page.width, 2), round(page.height, 2))
        position = end


def _title(own_title: str, first_heading: str, source_name: str) -> str:
    """What the file calls itself, unless a program named it; else its first heading, else its name."""
    title = _PROGRAM.sub("", own_title).strip()
    is_named = sum(map(str.isalpha, title)) >= _MIN_TITLE_LETTERS and not _NO_TITLE.fullmatch(title)
    return (title if is_named else first_heading) or title_from_name(PurePosixPath(source_name).stem)
