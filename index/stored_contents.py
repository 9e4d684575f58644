"""A generation's folder, opened: nothing of it is read but what is looked at. ``README.md`` has the formats."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from index.analysis import Analyzer
from index.contents import Contents
from index.course_facts import CourseFacts
from index.embedded_source import EmbeddedSource
from index.errors import IndexingError
from index.faiss_store import FaissStore
from index.lexical import LexicalIndex
from index.stored_texts import StoredChunks, StoredDocuments

_DOCUMENTS = "documents.jsonl"
_CHUNKS = "chunks.jsonl"
_VECTORS = "vectors.faiss"
_LEXICAL = "bm25"
_FACTS = "facts"


@dataclass(frozen=True)
class StoredContents:
    """All of a generation but its manifest. Row i of the vectors, of BM25 and of the facts belongs to ``chunks[i]``."""

    documents: StoredDocuments
    chunks: StoredChunks
    vectors: FaissStore
    lexical: LexicalIndex
    facts: CourseFacts

    @classmethod
    def write(cls, folder: Path, contents: Contents, analyzer: Analyzer) -> None:
        """Write every file into an empty folder."""
        StoredDocuments.write(folder / _DOCUMENTS, contents.documents)
        StoredChunks.write(folder / _CHUNKS, contents.chunks, contents.embedding_keys)
        contents.vectors.save(folder / _VECTORS)
        contents.lexical.save(folder / _LEXICAL)
        CourseFacts.of(contents.chunks, analyzer).save(folder / _FACTS)

    @classmethod
    def open(cls, folder: Path, course_id: str, analyzer: Analyzer) -> Self:
        """Map what ``write`` wrote.

        Raises:
            IndexingError: If the files do not belong together.
            OSError, ValueError, KeyError, TypeError: If a file is not what ``write`` writes.
        """
        contents = cls(
            documents=StoredDocuments.load(folder / _DOCUMENTS, course_id),
            chunks=StoredChunks.load(folder / _CHUNKS, course_id),
            vectors=FaissStore.load(folder / _VECTORS),
            lexical=LexicalIndex.load(folder / _LEXICAL, analyzer),
            facts=CourseFacts.load(folder / _FACTS, analyzer),
        )
        n_chunks, n_vectors, n_lexical = len(contents.chunks), len(contents.vectors), len(contents.lexical)
        if not n_chunks == n_vectors == n_lexical == len(contents.facts.tables) == len(contents.facts.ids):
            raise IndexingError(f"{n_chunks} chunks, {n_vectors} vectors and {n_lexical} BM25 rows do not match")
        return contents

    @cached_property
    def source(self) -> EmbeddedSource:
        """What finds the chunks."""
        return EmbeddedSource(self.vectors, self.lexical)

    @property
    def embedding_keys(self) -> Iterator[str]:
        """One per chunk: equal keys have equal vectors."""
        return self.chunks.embedding_keys()

    def prove(self) -> None:
        """Read every document and chunk, and compare their texts: what is opened later is not read until it is needed.

        Raises:
            IndexingError: If a chunk is not what stands in its document.
            OSError, ValueError, KeyError, TypeError: If a row is not what ``write`` writes.
        """
        for chunk in self.chunks:
            if self.documents[chunk.document_id].text[chunk.char_start : chunk.char_end] != chunk.text:
                raise IndexingError(f"chunk {chunk.chunk_id} is not what stands in document {chunk.document_id}")
        for document_id in self.documents:
            self.documents[document_id]
