"""Speed of indexing against the encoder's own bulk rate over the same texts."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from corpus.chunking import embedding_text
from corpus.types import Chunk, Course, Document
from index.builder import build_generation
from index.course_index import CourseIndex
from index.protocols import Embedder

N_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class IndexingSpeed:
    """Chunks a second, over the same chunks."""

    n_chunks: int
    index_per_s: float  # chunking, embedding, indexing, writing, publishing
    encoder_per_s: float  # embedding alone
    ratio: float


def measure_indexing(index: CourseIndex, embedder: Embedder, max_chunks: int) -> IndexingSpeed:
    """Index the course's first documents, up to about ``max_chunks`` chunks, into a folder that is thrown away."""
    documents, chunks = _first_documents(index, max_chunks)
    course = Course("bench", index.title, documents)
    texts = list(dict.fromkeys(embedding_text(chunk) for chunk in chunks))
    building = embedding = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(N_ROUNDS):
            start = time.perf_counter()
            embedder.embed_passages(texts)
            embedding += time.perf_counter() - start
            building += build_generation(course, embedder, Path(scratch) / str(number)).seconds
    n_embedded = N_ROUNDS * len(chunks)
    return IndexingSpeed(
        len(chunks),
        round(n_embedded / building, 1),
        round(n_embedded / embedding, 1),
        ratio=round(embedding / building, 3),
    )


def _first_documents(index: CourseIndex, max_chunks: int) -> tuple[tuple[Document, ...], tuple[Chunk, ...]]:
    by_document: dict[str, list[Chunk]] = {}
    for chunk in index.chunks:
        by_document.setdefault(chunk.document_id, []).append(chunk)
    documents: list[Document] = []
    chunks: list[Chunk] = []
    for document_id, found in by_document.items():
        if chunks and len(chunks) + len(found) > max_chunks:
            break
        documents.append(index.documents[document_id])
        chunks += found
    return tuple(documents), tuple(chunks)
