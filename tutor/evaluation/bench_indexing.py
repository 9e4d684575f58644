"""Speed of indexing against the encoder's own bulk rate over the same texts, and the time to open an index."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from corpus.chunking import embedding_text
from corpus.types import Chunk, Course, Document
from index.builder import build_generation
from index.course_index import CourseIndex
from index.generations import open_current
from index.protocols import Embedder
from tutor.tutor import Tutor

N_ROUNDS = 2
N_OPENINGS = 3


@dataclass(frozen=True, slots=True)
class IndexingSpeed:
    """Chunks a second, over the same chunks."""

    n_chunks: int
    index_per_s: float  # chunking, embedding, indexing, writing, publishing
    encoder_per_s: float  # embedding alone
    ratio: float


@dataclass(frozen=True, slots=True)
class StartUp:
    """Seconds until the first question can be asked."""

    load_model_s: float
    open_and_verify_s: float
    prepare_tutor_s: float


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


def measure_start_up(root: Path, course_id: str, embedder: Embedder, load_model_s: float) -> StartUp:
    """Open the course's index a few times and take the medians; loading the model was measured when it was loaded."""
    opening, preparing = [], []
    for _ in range(N_OPENINGS):
        start = time.perf_counter()
        index = open_current(root, course_id, embedder)
        opened = time.perf_counter()
        Tutor(index)
        opening.append(opened - start)
        preparing.append(time.perf_counter() - opened)
    return StartUp(round(load_model_s, 3), round(median(opening), 3), round(median(preparing), 3))


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
