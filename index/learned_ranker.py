"""A ranker fitted on question sets: boosted trees over the features of a few dozen candidates per query.

``tutor/evaluation/fit_ranker.py`` fits it and docs/evaluation.md tells what that gains; here it is only applied.
"""

from dataclasses import dataclass

import numpy as np

from index.candidates import CandidateSignals
from index.course_tables import CourseTables
from index.fusion import convex_combination
from index.ranking_features import CANDIDATES_PER_SIGNAL, FEATURES, ranking_features
from index.tree_ensemble import TreeEnsemble
from index.types import Scores

MODEL = "ranker"


@dataclass(frozen=True, slots=True)
class LearnedRanker:
    """Orders the best few dozen of each signal by the fitted trees, and those behind them by plain fusion."""

    tables: CourseTables
    trees: TreeEnsemble

    def __post_init__(self) -> None:
        if self.trees.features != FEATURES:
            raise ValueError("the fitted trees expect other features than are computed; fit the ranker anew")

    def scores(self, query: str, signals: CandidateSignals) -> Scores:
        """Scores of the candidates, (n,): the best in (0, 1), the logistic of the trees' sum; those behind below 0."""
        places = signals.worth_ranking(CANDIDATES_PER_SIGNAL)
        scores = convex_combination([signals.dense, signals.lexical], weights=[0.5, 0.5]) - np.float32(2.0)
        if len(places):
            raw = self.trees.scores(ranking_features(query, signals.only(places), self.tables))
            scores[places] = 1.0 / (1.0 + np.exp(-raw))
        return scores
