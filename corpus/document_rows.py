"""Documents and reports on what was read as JSON lines, and back.

Knows the shape of one row and nothing of where the lines go: into an index generation, or from the child process that
reads uploads to the one that asked for it. A course's id is not in its rows: whoever reads them knows it.
"""

import json
from collections.abc import Iterable
from typing import Any

from corpus.types import Block, Document, ItemReport, Page, Section, Span, TextBox

Row = dict[str, Any]  # one parsed JSON line; between modules that read and write the same rows, nowhere else


def to_lines(rows: Iterable[Row]) -> bytes:
    """JSON lines in UTF-8. The same rows give the same bytes."""
    return b"".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for row in rows)


def from_lines(lines: bytes) -> list[Row]:
    """The rows of JSON lines."""
    return [json.loads(line) for line in lines.split(b"\n") if line]


def document_row(document: Document) -> Row:
    """A document with its canonical text, sections, blocks, pages and boxes."""
    return {
        "document_id": document.document_id,
        "title": document.title,
        "source_name": document.source_name,
        "source_sha256": document.source_sha256,
        "text": document.text,
        "sections": [[s.heading, s.level, s.heading_path, s.char_start, s.char_end] for s in document.sections],
        "blocks": [_block_fields(block) for block in document.blocks],
        "pages": [[p.index, p.label, p.char_start, p.char_end, p.width, p.height] for p in document.pages],
        "boxes": [[b.page_index, b.char_start, b.char_end, b.left, b.top, b.right, b.bottom] for b in document.boxes],
        "activity": document.activity,
        "link": document.link,
    }


def read_document(row: Row, course_id: str) -> Document:
    """The document of a row that ``document_row`` made.

    Raises:
        KeyError, TypeError, ValueError: If it is no such row.
    """
    return Document(
        course_id=course_id,
        document_id=row["document_id"],
        title=row["title"],
        text=row["text"],
        sections=tuple(
            Section(heading, level, tuple(path), start, end) for heading, level, path, start, end in row["sections"]
        ),
        blocks=tuple(_block(fields) for fields in row["blocks"]),
        source_name=row["source_name"],
        source_sha256=row["source_sha256"],
        pages=tuple(Page(*fields) for fields in row["pages"]),
        boxes=tuple(TextBox(*fields) for fields in row["boxes"]),
        activity=row["activity"],
        link=row["link"],
    )


def item_row(item: ItemReport) -> Row:
    """What became of one item of an upload."""
    return {
        "name": item.name,
        "outcome": item.outcome,
        "reason": item.reason,
        "document_id": item.document_id,
        "n_chars": item.n_chars,
    }


def read_item(row: Row) -> ItemReport:
    """The report of a row that ``item_row`` made.

    Raises:
        KeyError, TypeError: If it is no such row.
    """
    return ItemReport(row["name"], row["outcome"], row["reason"], row["document_id"], row["n_chars"])


def _block_fields(block: Block) -> list[Any]:
    emphasised = [[span.char_start, span.char_end] for span in block.emphasised]
    fields: list[Any] = [block.kind, block.char_start, block.char_end, block.level, block.bold_lead, emphasised]
    return [*fields, list(block.aliases)] if block.aliases else fields  # few blocks have any


def _block(fields: list[Any]) -> Block:
    kind, char_start, char_end, level, bold_lead, emphasised, *aliases = fields
    spans = tuple(Span(*span) for span in emphasised)
    return Block(kind, char_start, char_end, level, bold_lead, spans, tuple(aliases[0]) if aliases else ())
