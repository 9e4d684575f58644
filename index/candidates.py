"""The chunks worth ranking for one query, and what every retriever says of each, before anybody decides what counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from index.types import Ints, Matrix, Scores, Signals

NO_ROWS: Ints = np.empty(0, dtype=np.int64)
_LONG = 20_000  # scores from which it pays not to partition all of them
_WIDTHS_KEPT = 100  # columns for each place wanted


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What a ``CandidateSource`` finds for one query: as many rows as are worth a look, however large the course."""

    rows: Ints  # (n,), ascending
    dense: Scores  # (n,), exact cosine of query and chunk
    lexical: Scores  # (n,), BM25, >= 0
    vectors: Matrix  # (n, dim)


@dataclass(frozen=True, slots=True, eq=False)
class CandidateSignals:
    """The signals of the candidates of one query, column by column. ``index.types.Signals`` is one row."""

    rows: Ints  # (n,), ascending: which chunk of the course each one is
    dense: Scores  # (n,), cosine of query and chunk
    lexical: Scores  # (n,), BM25
    glossary: Scores  # (n,), 1 where the query names the chunk's term
    vectors: Matrix  # (n, dim)

    def worth_ranking(self, per_signal: int) -> Ints:
        """Places of the best few of each signal, ascending: what the source would have given for fewer."""
        chosen = self.glossary > 0
        chosen[best_places(self.dense, per_signal)] = True
        by_words = best_places(self.lexical, per_signal)
        chosen[by_words[self.lexical[by_words] > 0]] = True
        return np.flatnonzero(chosen)

    def only(self, places: Ints) -> Self:
        """The same for some of the candidates, in the order given."""
        return type(self)(
            self.rows[places], self.dense[places], self.lexical[places], self.glossary[places], self.vectors[places]
        )

    def at(self, places: Ints) -> Iterator[Signals]:
        """The signals of some candidates, one for one."""
        dense = self.dense[places].tolist()  # for sentences too, as long as no vectors of sentences are kept
        return map(Signals, dense, dense, self.lexical[places].tolist(), self.glossary[places].tolist())


def best_places(scores: Scores, n: int) -> Ints:
    """Places of the ``n`` best scores, in no order; among equals the first ones. All when there are no more."""
    if n >= len(scores):
        return np.arange(len(scores))
    if n <= 0:
        return NO_ROWS
    if len(scores) > _LONG and len(scores) > 2 * _WIDTHS_KEPT * n:
        left = _not_out(scores, n)
        return left[_best_by_partition(scores[left], n)]
    return _best_by_partition(scores, n)


def _best_by_partition(scores: Scores, n: int) -> Ints:
    if n >= len(scores):
        return np.arange(len(scores))
    border = np.partition(scores, len(scores) - n)[len(scores) - n]
    above = np.flatnonzero(scores > border)
    return np.concatenate([above, np.flatnonzero(scores == border)[: n - len(above)]])


def _not_out(scores: Scores, n: int) -> Ints:
    """Places of few scores, the ``n`` best among them: .7 ms for 500,000, where partitioning takes 2 to 5.

    The best of each of many columns are looked at first. The n-th best of those cannot be better than the n-th best of
    all, so whatever is worse than it is out.
    """
    height = len(scores) // (_WIDTHS_KEPT * n)
    width = len(scores) // height
    in_columns = scores[: height * width].reshape(height, width).max(axis=0)
    border = np.partition(in_columns, width - n)[width - n]
    return np.flatnonzero(scores >= border)
