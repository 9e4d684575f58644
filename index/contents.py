"""The files of a generation: documents, chunks, vectors and BM25, to a folder and back. ``README.md`` has the formats.

It neither verifies nor publishes: ``index.generations`` and ``index.publishing`` do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from corpus.document_rows import document_row, from_lines, read_document, to_lines
from corpus.types import Chunk, Document
from index.analysis import Analyzer
from index.embedded_source import EmbeddedSource
from index.errors import IndexingError
from index.faiss_store import FaissStore
from index.lexical import LexicalIndex
from index.rows import chunk_row, embedding_key, read_chunk

_DOCUMENTS = "documents.jsonl"
_CHUNKS = "chunks.jsonl"
_VECTORS = "vectors.faiss"
_LEXICAL = "bm25"


@dataclass(frozen=True, slots=True)
class Contents:
    """All of a generation but its manifest. Row i of the vectors and of BM25 belongs to ``chunks[i]``."""

    documents: tuple[Document, ...]
    chunks: tuple[Chunk, ...]
    embedding_keys: tuple[str, ...]  # one per chunk: equal keys have equal vectors
    vectors: FaissStore
    lexical: LexicalIndex

    def write(self, folder: Path) -> None:
        """Write every file into an empty folder."""
        documents, chunks = text_rows(self.documents, self.chunks, self.embedding_keys)
        (folder / _DOCUMENTS).write_bytes(documents)
        (folder / _CHUNKS).write_bytes(chunks)
        self.vectors.save(folder / _VECTORS)
        self.lexical.save(folder / _LEXICAL)

    @classmethod
    def read(cls, folder: Path, course_id: str, analyzer: Analyzer) -> Self:
        """Read what ``write`` wrote.

        Raises:
            IndexingError: If the files do not belong together.
            OSError, ValueError, KeyError, TypeError: If a file is not what ``write`` writes.
        """
        documents = [read_document(row, course_id) for row in from_lines((folder / _DOCUMENTS).read_bytes())]
        by_id = {document.document_id: document for document in documents}
        rows = from_lines((folder / _CHUNKS).read_bytes())
        contents = cls(
            documents=tuple(documents),
            chunks=tuple(read_chunk(row, by_id) for row in rows),
            embedding_keys=tuple(embedding_key(row) for row in rows),
            vectors=FaissStore.load(folder / _VECTORS),
            lexical=LexicalIndex.load(folder / _LEXICAL, analyzer),
        )
        contents.check_rows()
        return contents

    @property
    def source(self) -> EmbeddedSource:
        """What finds the chunks."""
        return EmbeddedSource(self.vectors, self.lexical)

    def check_rows(self) -> None:
        """Refuse contents whose parts do not have one row per chunk.

        Raises:
            IndexingError: Naming the counts.
        """
        if not len(self.chunks) == len(self.vectors) == len(self.lexical):
            raise IndexingError(
                f"{len(self.chunks)} chunks, {len(self.vectors)} vectors and {len(self.lexical)} BM25 rows do not match"
            )


def text_rows(
    documents: Sequence[Document], chunks: Sequence[Chunk], embedding_keys: Sequence[str]
) -> tuple[bytes, bytes]:
    """The documents file and the chunks file: the same course gives the same bytes."""
    pairs = zip(chunks, embedding_keys, strict=True)
    return to_lines(map(document_row, documents)), to_lines(chunk_row(chunk, key) for chunk, key in pairs)
