"""Refusal: a probability that the course answers the question, and the threshold below which it is refused.

A first honest rule: a logistic of three plain features. The weights are set by hand on the bundled course and
are not fitted.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from index.analysis import words
from index.course_index import CourseIndex
from index.types import ScoredChunk
from tutor.types import Query


@dataclass(frozen=True, slots=True)
class RefusalFeatures:
    """What the decision looks at; each in [0, 1], so that courses of any size compare."""

    similarity: float  # best cosine of query and chunk, or sentence
    coverage: float  # IDF-weighted share of the query's words that the best five chunks hold
    named: float  # best glossary score: 1 when the query names a term the course defines


@dataclass(frozen=True, slots=True)
class RefusalModel:
    """Logistic regression over ``RefusalFeatures``."""

    intercept: float
    similarity: float
    coverage: float
    named: float
    threshold: float

    @classmethod
    def load(cls) -> Self:
        """The weights that ship with the code."""
        return cls(intercept=-4.0, similarity=7.0, coverage=2.5, named=1.5, threshold=0.5)

    def probability(self, features: RefusalFeatures) -> float:
        """Probability, 0 to 1, that the course answers the question; never falls when a feature rises."""
        logit = (
            self.intercept
            + self.similarity * features.similarity
            + self.coverage * features.coverage
            + self.named * features.named
        )
        return 1 / (1 + math.exp(-logit))


def refusal_features(query: Query, evidence: Sequence[ScoredChunk], index: CourseIndex) -> RefusalFeatures:
    """Measure the evidence against the query."""
    best = evidence[:5]
    held = {stem for item in best for stem in index.analyzer.terms(item.chunk.text)}
    total = covered = 0.0
    vocabulary = index.vocabulary
    for word in set(words(query.used)):
        frequency = vocabulary.document_frequency.get(word, 0)
        for stem in index.analyzer.terms(word):
            weight = math.log1p(vocabulary.n_chunks / (frequency + 0.5))
            total += weight
            covered += weight if stem in held else 0.0
    return RefusalFeatures(
        similarity=max((max(i.signals.dense, i.signals.sentence) for i in best), default=0.0),
        coverage=covered / total if total else 0.0,
        named=max((i.signals.glossary for i in best), default=0.0),
    )
