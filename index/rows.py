"""Chunks as JSON lines, and back. Knows the shape of one row, nothing of folders, hashes or vectors.

A chunk row holds its span. Its text is cut from the document when the row is read, so that
``document.text[char_start:char_end] == chunk.text`` holds by construction; only a row to be read alone has it too, and
is compared with the document when it is written.
"""

from collections.abc import Mapping

from corpus.document_rows import Row
from corpus.types import Chunk, Document, Span


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
    return _chunk(row, document.course_id, document.title, document.text[start:end])


def whole_row(chunk: Chunk, embedding_key: str) -> Row:
    """A chunk with its text, to be read without its document."""
    about = {"document_title": chunk.document_title, "text": chunk.text}
    return chunk_row(chunk, embedding_key) | about


def read_whole(row: Row, course_id: str) -> Chunk:
    """The chunk of a row that ``whole_row`` made.

    Raises:
        KeyError, TypeError, ValueError: If it is no such row.
    """
    return _chunk(row, course_id, row["document_title"], row["text"])


def _chunk(row: Row, course_id: str, document_title: str, text: str) -> Chunk:
    start, end = row["span"]
    return Chunk(
        chunk_id=row["chunk_id"],
        course_id=course_id,
        document_id=row["document_id"],
        document_title=document_title,
        kind=row["kind"],
        heading_path=tuple(row["heading_path"]),
        text=text,
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
