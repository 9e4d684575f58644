"""The vocabulary of the index: vectors, signals, scored chunks, the vocabulary of a course.

Nothing here knows who asks, or what an answer is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from corpus.types import Chunk

Vector: TypeAlias = NDArray[np.float32]  # float32, (dim,), L2-normalised
Matrix: TypeAlias = NDArray[np.float32]  # float32, (n, dim), rows L2-normalised
Scores: TypeAlias = NDArray[np.float32]  # float32, (n,), one of each chunk looked at
Ints: TypeAlias = NDArray[np.int64]  # row numbers, mostly: row i is chunk i of the generation


class Signals(NamedTuple):
    """What each retriever says of one chunk for one query, before fusion. An instructor can read every one."""

    dense: float  # cosine of query and chunk, [-1, 1]
    sentence: float  # best cosine of query and a sentence of the chunk, [-1, 1]; equals dense for one sentence
    lexical: float  # BM25, >= 0
    glossary: float  # 1.0 when the query names the chunk's term, an alias or its acronym; less when nearly; 0 not


class ScoredChunk(NamedTuple):
    """A chunk as evidence for one query. Scores order chunks within one query; they do not compare across queries.

    A tuple, as ``Signals`` is: a question makes fifty of each, in less than half of the time that dataclasses take.
    """

    chunk: Chunk
    score: float
    rank: int  # from 1
    signals: Signals


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """One defined term of the course and the chunks that define it, best first."""

    term: str
    aliases: tuple[str, ...]
    chunk_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words a course knows, lower-cased as written (not stemmed), with the number of chunks each occurs in."""

    document_frequency: Mapping[str, int]
    n_chunks: int


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What building a generation did."""

    generation: str
    n_documents: int
    n_chunks: int
    n_embedded: int  # chunks whose text was new
    n_reused: int  # chunks whose vector was taken from the generation before
    seconds: float
