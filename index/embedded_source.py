"""Candidates from this process's own FAISS and BM25: the source that needs no server."""

from dataclasses import dataclass

import numpy as np

from index.candidates import NO_ROWS, Candidates, best_places
from index.faiss_store import FaissStore, products_with
from index.lexical import LexicalIndex
from index.types import Ints, Matrix, Vector


@dataclass(frozen=True, slots=True)
class EmbeddedSource:
    """Joins the vectors and the words of one generation; row i of both is the same chunk."""

    store: FaissStore
    lexical: LexicalIndex

    def __len__(self) -> int:
        return len(self.store)

    def candidates(
        self, query: str, vector: Vector, *, per_signal: int, also: Ints = NO_ROWS, hidden: Ints = NO_ROWS
    ) -> Candidates:
        """The best by meaning, the best by words and ``also``, none of them hidden."""
        near = self.store.nearest(vector, per_signal, hidden=hidden)
        lexical = self.lexical.scores(query)
        lexical[hidden] = 0.0
        worded = np.flatnonzero(lexical > 0)  # a fifth of the time that numbers would take
        by_words = worded[best_places(lexical[worded], per_signal)]
        shown = np.setdiff1d(also, hidden, assume_unique=True) if len(hidden) else also
        rows = np.unique(np.concatenate([near, by_words, shown]))
        vectors = self.store.vectors(rows)
        return Candidates(rows, products_with(vector, vectors), lexical[rows], vectors)

    def vectors(self, rows: Ints) -> Matrix:
        """The vectors of some chunks, in the order given."""
        return self.store.vectors(rows)

    def centre(self) -> Vector:
        """The mean of all vectors."""
        return self.store.mean()
