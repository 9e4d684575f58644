"""Candidates from this process's own FAISS and BM25: the source that needs no server."""

from dataclasses import dataclass

import numpy as np

from index.candidates import NO_ROWS, Candidates, worth_ranking
from index.faiss_store import FaissStore
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
        """The best by meaning, the best by words and ``also``, none of them hidden; exact."""
        dense = self.store.inner_products(vector)
        lexical = self.lexical.scores(query)
        if len(hidden):
            shown = np.ones(len(dense), dtype=np.bool_)
            shown[hidden] = False
            kept = np.flatnonzero(shown)
            wanted = np.isin(kept, also)
            rows = kept[worth_ranking(dense[kept], lexical[kept], wanted, per_signal)]
        else:
            rows = worth_ranking(dense, lexical, also, per_signal)
        return Candidates(rows, dense[rows], lexical[rows], self.store.vectors(rows))

    def vectors(self, rows: Ints) -> Matrix:
        """The vectors of some chunks, in the order given."""
        return self.store.vectors(rows)

    def centre(self) -> Vector:
        """The mean of all vectors."""
        mean: Vector = self.store.matrix().mean(axis=0)
        return mean
