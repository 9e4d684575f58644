"""Chunks as JSON lines, and back. Knows the shape of one row, nothing of folders, hashes or vectors.

A chunk row holds its span, not its text: the text is cut from the document when the row is read, so that
``document.text[char_start:char_end] == chunk.text`` holds by construction.
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
