"""From signals to one ranking. A better ranker goes here: anything that maps a query's signals to one score each."""

from dataclasses import dataclass
from typing import Protocol

from index.candidates import CandidateSignals
from index.fusion import FusionWeights, convex_combination
from index.types import Scores


class Ranker(Protocol):
    """Gives every candidate one score for a query; higher is better, and only the order counts."""

    def scores(self, query: str, signals: CandidateSignals) -> Scores:
        """Scores of the candidates, one for one: float32, (n,)."""
        ...


_BASELINE = FusionWeights()


@dataclass(frozen=True, slots=True)
class ConvexRanker:
    """Fixed weights for every query: dense and lexical share 1, and naming a chunk's term adds to it."""

    weights: FusionWeights = _BASELINE

    def scores(self, query: str, signals: CandidateSignals) -> Scores:  # noqa: ARG002  (other rankers read the query)
        """Convex combination of the max-normalised dense and lexical scores, plus a bonus for a named term."""
        fused = convex_combination([signals.dense, signals.lexical], weights=[self.weights.dense, self.weights.lexical])
        # The glossary's score is already on [0, 1]: normalising it would make a faint match as good as a sure one.
        bonus: Scores = fused + self.weights.glossary * signals.glossary
        return bonus
