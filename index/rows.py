"""Documents and chunks as JSON lines, and back. Knows the shape of one row, nothing of folders, hashes or vectors.

A chunk row holds its span, not its text: the text is cut from the document when the row is read, so that
``document.text[char_start:char_end] == chunk.text`` holds by construction.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from corpus.types import Block, Chunk, Document, Section, Span

Row = dict[str, Any]  # one parsed JSON line; never leaves this module but as text


def to_lines(rows: Iterable[Row]) -> bytes:
    """JSON lines in UTF-8. The same rows give the same bytes."""
    return b"".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for row in rows)


def from_lines(lines: bytes) -> list[Row]:
    """The rows of JSON lines."""
    return [json.loads(line) for line in lines.split(b"\n") if line]


def document_row(document: Document) -> Row:
    """A document with its canonical text, sections and blocks."""
    return {
        "document_id": document.document_id,
        "title": document.title,
        "source_name": document.source_name,
        "source_sha256": document.source_sha256,
        "text": document.text,
        "sections": [[s.heading, s.level, s.heading_path, s.char_start, s.char_end] for s in document.sections],
        "blocks": [[b.kind, b.char_start, b.char_end, b.level, b.bold_lead] for b in document.blocks],
    }


def read_document(row: Row, course_id: str) -> Document:
    """The document of a row that ``document_row`` made."""
    return Document(
        course_id=course_id,
        document_id=row["document_id"],
        title=row["title"],
        text=row["text"],
        sections=tuple(
            Section(heading, level, tuple(path), start, end) for heading, level, path, start, end in row["sections"]
        ),
        blocks=tuple(Block(*block) for block in row["blocks"]),
        source_name=row["source_name"],
        source_sha256=row["source_sha256"],
    )


def chunk_row(chunk: Chunk, embedding_key: str) -> Row:
    """A chunk without its text, and the key under which its vector can be used again."""
    return {
        "chunk_id": chunk.chunk_id,
        "document_id": chunk.document_id,
        "kind": chunk.kind,
        "heading_path": chunk.heading_path,
        "span": [chunk.char_start, chunk.char_end],
        "sentences": [[sentence.char_start, sentence.char_end] for sentence in chunk.sentences],
        "term": chunk.term,
        "aliases": chunk.aliases,
        "found_by": chunk.found_by,
        "page": chunk.page,
        "embedding_key": embedding_key,
    }


def read_chunk(row: Row, documents: Mapping[str, Document]) -> Chunk:
    """The chunk of a row that ``chunk_row`` made, its text cut from its document.

    Raises:
        KeyError: If its document is not among ``documents``.
    """
    document = documents[row["document_id"]]
    start, end = row["span"]
    return Chunk(
        chunk_id=row["chunk_id"],
        course_id=document.course_id,
        document_id=document.document_id,
        document_title=document.title,
        kind=row["kind"],
        heading_path=tuple(row["heading_path"]),
        text=document.text[start:end],
        char_start=start,
        char_end=end,
        sentences=tuple(Span(*sentence) for sentence in row["sentences"]),
        term=row["term"],
        aliases=tuple(row["aliases"]),
        found_by=row["found_by"],
        page=row["page"],
    )


def embedding_key(row: Row) -> str:
    """The key that ``chunk_row`` was given."""
    key: str = row["embedding_key"]
    return key
