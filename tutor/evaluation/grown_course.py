"""A course of any size, made of real ones without embedding anything: to see what grows with a course.

Copy after copy of the given courses, each in other words (``other_words``) and with vectors moved as far as another
text on the same topic would move them: towards a chunk nearby, and a little in no direction at all.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np

from corpus.types import Chunk, Document
from index.builder import lexical_text
from index.contents import Contents
from index.course_index import CourseIndex
from index.faiss_store import FaissStore
from index.folder_generations import FolderGenerations
from index.generation_store import publish
from index.lexical import LexicalIndex
from index.types import Ints, Matrix
from tutor.evaluation.other_words import OtherWords

_NEIGHBOURS = 50  # chunks nearby, one of which a vector is moved towards
_TOWARDS = (0.2, 0.5)  # how far, as a share of the way
_ANYWHERE = 0.25  # length of the move in no direction, of a vector of length 1
_BLOCK = 2_000  # rows of similarities held at a time: 100 MB for 12,000 chunks


@dataclass(frozen=True, slots=True)
class _Original:
    """A document of one of the courses and its chunks."""

    document: Document
    chunks: tuple[Chunk, ...]

    def copied(self, words: OtherWords, copy: int) -> "_Original":
        document = words.document(self.document, f"{self.document.document_id}-{copy}")
        return _Original(document, tuple(words.chunk(c, document, f"{c.chunk_id}-{copy}") for c in self.chunks))


def publish_grown(indexes: Sequence[CourseIndex], n_chunks: int, root: Path, *, seed: int = 0) -> str:
    """Publish a grown course under ``root``, to be opened with ``index.generations.open_current``.

    Returns:
        Its course id: the first course's and the number of chunks.
    """
    first = indexes[0]
    course_id = f"{first.course_id}-{n_chunks}"
    contents = grown_contents(indexes, n_chunks, course_id=course_id, seed=seed)
    manifest = replace(
        first.manifest,
        course_id=course_id,
        title=f"{first.title}, grown",
        generation=f"grown-{seed}",
        n_documents=len(contents.documents),
        n_chunks=n_chunks,
        n_vectors=n_chunks,
    )
    publish(FolderGenerations(root), manifest, contents)
    return course_id


def grown_contents(
    indexes: Sequence[CourseIndex], n_chunks: int, *, course_id: str = "grown", seed: int = 0
) -> Contents:
    """The contents of a course of exactly ``n_chunks``: the courses as they are, then copies; smaller ones are cut.

    Args:
        indexes: What it is made of; several courses give a shelf of several subjects.
        n_chunks: How many chunks, at least 1. 100,000 take about a minute.
        course_id: What the course is called.
        seed: The same courses and seed give the same course, and a smaller one is the beginning of a larger one.
    """
    originals = [original for number, index in enumerate(indexes) for original in _originals(index, number, course_id)]
    frequency = sum((Counter(index.vocabulary.document_frequency) for index in indexes), Counter[str]())
    base = np.concatenate([index.vectors_of(index.chunks) for index in indexes])
    near = _neighbours(base)
    documents: list[Document] = []
    chunks: list[Chunk] = []
    matrices: list[Matrix] = []
    for copy in range(-(-n_chunks // len(base))):
        words = OtherWords(frequency, copy, seed=seed) if copy else None
        first = len(chunks)
        for original in originals:
            if len(chunks) < n_chunks:
                again = original if words is None else original.copied(words, copy)
                documents.append(again.document)
                chunks += again.chunks[: n_chunks - len(chunks)]
        matrices.append((_moved(base, near, copy, seed) if copy else base)[: len(chunks) - first])
    return Contents(
        documents=tuple(documents),
        chunks=tuple(chunks),
        embedding_keys=tuple(chunk.chunk_id for chunk in chunks),
        vectors=FaissStore.from_matrix(np.concatenate(matrices)),
        lexical=LexicalIndex.build([lexical_text(chunk) for chunk in chunks], indexes[0].analyzer),
    )


def _originals(index: CourseIndex, number: int, course_id: str) -> Iterator[_Original]:
    """The documents of a course with their chunks, in the order of its rows; ids of further courses are told apart."""
    prefix = f"{number}." if number else ""
    for document_id, chunks in groupby(index.chunks, key=lambda chunk: chunk.document_id):
        name = prefix + document_id
        yield _Original(
            replace(index.documents[document_id], course_id=course_id, document_id=name),
            tuple(replace(c, course_id=course_id, document_id=name, chunk_id=prefix + c.chunk_id) for c in chunks),
        )


def _neighbours(base: Matrix) -> Ints:
    """The rows nearest to each row, without itself: (n, some)."""
    n_near = min(_NEIGHBOURS, len(base) - 1)
    if not n_near:
        return np.zeros((len(base), 1), dtype=np.int64)
    blocks = []
    for start in range(0, len(base), _BLOCK):
        similar = base[start : start + _BLOCK] @ base.T
        similar[np.arange(len(similar)), np.arange(start, start + len(similar))] = -np.inf
        blocks.append(np.argpartition(-similar, n_near - 1, axis=1)[:, :n_near])
    return np.concatenate(blocks)


def _moved(base: Matrix, near: Ints, copy: int, seed: int) -> Matrix:
    """The vectors of one copy."""
    chance = np.random.default_rng([seed, copy])
    n, dim = base.shape
    towards = base[near[np.arange(n), chance.integers(near.shape[1], size=n)]]
    share = chance.uniform(*_TOWARDS, size=(n, 1)).astype(np.float32)
    anywhere = chance.standard_normal((n, dim), dtype=np.float32) * np.float32(_ANYWHERE / np.sqrt(dim))
    moved = base + share * (towards - base) + anywhere
    unit: Matrix = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return unit
