"""What every retriever says of every chunk for one query, before anybody decides what counts how much."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.types import Signals

Scores = NDArray[np.float32]  # (n_chunks,), row i is chunk i of the course


@dataclass(frozen=True, slots=True)
class CandidateSignals:
    """The signals of all chunks of a course for one query, column by column. ``index.types.Signals`` is one row."""

    dense: Scores  # cosine of query and chunk
    sentence: Scores  # best cosine of query and a sentence of the chunk; equals dense without sentence vectors
    lexical: Scores  # BM25
    glossary: Scores  # 1 where the query names the chunk's term

    def at(self, rows: NDArray[np.int64]) -> Iterator[Signals]:
        """The signals of some chunks, one for one."""
        columns = (self.dense, self.sentence, self.lexical, self.glossary)
        return map(Signals, *(column[rows].tolist() for column in columns))
