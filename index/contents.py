"""What a generation consists of, in memory as it was built; ``index.stored_contents`` has it on the disk."""

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.document_rows import document_row, to_lines
from corpus.types import Chunk, Document
from index.embedded_source import EmbeddedSource
from index.faiss_store import FaissStore
from index.lexical import LexicalIndex
from index.rows import chunk_row


@dataclass(frozen=True, slots=True)
class Contents:
    """All of a generation but its manifest. Row i of the vectors and of BM25 belongs to ``chunks[i]``."""

    documents: tuple[Document, ...]
    chunks: tuple[Chunk, ...]
    embedding_keys: tuple[str, ...]  # one per chunk: equal keys have equal vectors
    vectors: FaissStore
    lexical: LexicalIndex

    @property
    def source(self) -> EmbeddedSource:
        """What finds the chunks."""
        return EmbeddedSource(self.vectors, self.lexical)


def text_rows(
    documents: Sequence[Document], chunks: Sequence[Chunk], embedding_keys: Sequence[str]
) -> tuple[bytes, bytes]:
    """All texts as bytes: the same course, chunked and embedded alike, gives the same."""
    pairs = zip(chunks, embedding_keys, strict=True)
    return to_lines(map(document_row, documents)), to_lines(chunk_row(chunk, key) for chunk, key in pairs)
