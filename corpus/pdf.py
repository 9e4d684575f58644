"""A PDF file becomes a document: text in reading order, sections, pages with printed labels, a box for each line.

What nobody sees on the pages is left out and reported; what has no text is named, so that nobody takes it for read.
"""

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace

from corpus.errors import UnreadableFile
from corpus.number_ranges import number_ranges
from corpus.pdf_blocks import PdfBlock, Piece, blocks_of, joined_across, usual_pitch
from corpus.pdf_document import document_of
from corpus.pdf_file import PdfFile
from corpus.pdf_headings import body_size, with_headings
from corpus.pdf_lines import Line, lines_of, segment_of_turned
from corpus.pdf_running import without_running_heads, without_watermarks
from corpus.pdf_types import PdfPage, Run
from corpus.pdf_words import Vocabulary
from corpus.types import Document, ItemOutcome, ItemReport, SourceReading

MAX_PAGES = 5_000  # the longest textbooks have 2,000; a larger file is several books
MAX_CHARS = 20_000_000  # of text: 5,000 full pages


@dataclass(slots=True)
class _Found:
    """What the pages hold, and what cannot be read of them."""

    pages: list[PdfPage] = field(default_factory=list)  # without their runs, which are many
    lines: list[list[Line]] = field(default_factory=list)
    turned: list[list[PdfBlock]] = field(default_factory=list)  # words set upwards or aslant
    hidden: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))  # reason: page: characters
    damaged: list[int] = field(default_factory=list)  # page numbers, from 1
    n_left: int = 0  # pages beyond the limits

    @property
    def without_text(self) -> list[int]:
        """Numbers of the pages that show something, but no text."""
        shown = zip(self.pages, self.lines, self.turned, strict=True)
        return [page.index + 1 for page, lines, turned in shown if page.has_ink and not lines and not turned]

    @property
    def recognised(self) -> list[int]:
        """Numbers of the pages that are pictures with recognised text."""
        return [page.index + 1 for page in self.pages if page.is_scan]


def read_pdf(data: bytes, source_name: str, *, course_id: str, document_id: str) -> SourceReading:
    """Read a PDF file.

    Args:
        data: The whole file.
        source_name: Its name, for people.
        course_id: The course it belongs to.
        document_id: The id of its document.

    Raises:
        UnreadableFile: If it is locked, damaged beyond reading, or has no text at all.
    """
    with PdfFile(data, source_name) as pdf:
        found = _read_pages(pdf)
        bookmarks, own_title = pdf.bookmarks(), pdf.title
    body = body_size(found.lines)
    lines = without_running_heads(found.pages, found.lines, body)
    pitch = usual_pitch(lines)
    turned = without_watermarks(found.turned)
    blocks = joined_across(
        [
            block
            for on_page, aslant in zip(lines, turned, strict=True)
            for block in _with_turned(blocks_of(on_page, pitch), aslant)
        ]
    )
    if not blocks:
        raise UnreadableFile(source_name, _why_no_text(found))
    document = replace(
        document_of(with_headings(blocks, body, bookmarks), Vocabulary.of(lines), found.pages, own_title, source_name),
        course_id=course_id,
        document_id=document_id,
        source_sha256=hashlib.sha256(data).hexdigest(),
    )
    return SourceReading((document,), (_report(found, document),))


def _read_pages(pdf: PdfFile) -> _Found:
    found = _Found()
    n_chars = 0
    for index in range(len(pdf)):
        if index == MAX_PAGES or n_chars > MAX_CHARS:
            found.n_left = len(pdf) - index
            break
        try:
            page = pdf.page(index)
        except UnreadableFile:
            found.damaged.append(index + 1)
            continue
        seen = page.runs if page.is_scan else [run for run in page.runs if not run.hidden]
        found.pages.append(replace(page, runs=()))
        found.lines.append(lines_of([run for run in seen if run.upright], index))
        found.turned.append([_turned(run, index) for run in seen if not run.upright])
        n_chars += sum(len(run.text) for run in seen)
        if not page.is_scan:
            for run in page.runs:
                if run.hidden:
                    found.hidden[run.hidden][index + 1] += len(run.text.strip())
    return found


def _turned(run: Run, page_index: int) -> PdfBlock:
    return PdfBlock("paragraph", (Piece("", segment_of_turned(run), page_index),), is_turned=True)


def _with_turned(blocks: list[PdfBlock], turned: list[PdfBlock]) -> list[PdfBlock]:
    """Put what is set aslant before the page's last block, which may go on on the next page."""
    return [*blocks[:-1], *turned, *blocks[-1:]]


def _why_no_text(found: _Found) -> str:
    reasons = _left_out(found)
    return "; ".join(["no text: needs OCR" if found.without_text else "no text in it", *reasons])


def _report(found: _Found, document: Document) -> ItemReport:
    reasons = _left_out(found)
    outcome: ItemOutcome = "partly" if reasons else "read"
    if found.recognised:
        pages = number_ranges(found.recognised)
        reasons.append(f"the text of pages {pages} was recognised in scans by a program and may have errors")
    return ItemReport(document.source_name, outcome, "; ".join(reasons), document.document_id, len(document.text))


def _left_out(found: _Found) -> list[str]:
    """Say what of the file was not read, and why."""
    reasons: list[str] = []
    if found.without_text:
        reasons.append(f"pages {number_ranges(found.without_text)} have no text: pictures or scans, they need OCR")
    if found.damaged:
        reasons.append(f"pages {number_ranges(found.damaged)} are damaged or too large to read")
    if found.n_left:
        reasons.append(f"the last {found.n_left:,} pages are beyond the limit of {MAX_PAGES:,} pages; split the file")
    for why, pages in sorted(found.hidden.items()):
        n_chars, where = sum(pages.values()), number_ranges(sorted(pages))
        reasons.append(f"hidden text left out: {n_chars:,} characters {why} (pages {where})")
    return reasons
