"""Refusal: a probability that the course answers the question, and the threshold below which it is refused.

The probability comes from small boosted trees over features that mean the same in a course of twenty-five items and in
a textbook. ``tutor/evaluation/fit_refusal.py`` fits them and docs/evaluation.md reports how well calibrated they are.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from typing import Self

import numpy as np

from index.analysis import words
from index.course_index import CourseIndex
from index.tree_ensemble import TreeEnsemble
from index.types import ScoredChunk
from tutor.types import Query
from tutor.understanding.knowledge import CourseKnowledge

MODEL = "refusal"
_LOOKED_AT = 5  # chunks whose words count as evidence
_SURROUNDINGS = 15  # chunks that the best must stand out from


@dataclass(frozen=True, slots=True)
class RefusalFeatures:
    """What the decision looks at. Shares are of the query's words, weighted by IDF."""

    similarity: float  # best cosine of the query and one of the first chunks
    first_similarity: float  # cosine of the query and the best-ranked chunk
    stands_out: float  # by how much the best cosine exceeds the next ones' mean
    first_coverage: float  # share that the best-ranked chunk holds
    coverage: float  # share that the first chunks hold together
    sentence_coverage: float  # share that their best single sentence holds
    unknown: float  # share that no chunk of the course holds
    names_term: float  # 1 when the query names a term that one of the first chunks defines
    unknown_words: float  # how many content words the course never uses
    rare_words: float  # how many of these are no everyday English words either
    rare_share: float  # the same as a share of the content words
    subject_unknown: float  # 1 when what is asked about has a word that the course never uses
    subject_rare: float  # 1 when that word is no everyday English word either
    asks_definition: float  # 1 when a term or a comparison of terms is asked for
    length: float  # ln(1 + number of content words)
    course_size: float  # ln(number of chunks): a missing word says more about a textbook than about a lesson


FEATURES = tuple(field.name for field in fields(RefusalFeatures))


@dataclass(frozen=True, slots=True)
class RefusalModel:
    """Boosted trees over ``RefusalFeatures``; the sum of the trees is a log-odds."""

    trees: TreeEnsemble
    threshold: float

    @classmethod
    def load(cls) -> Self:
        """The model that ships with the code.

        Raises:
            ValueError: If it was fitted on other features than are computed here.
        """
        trees = TreeEnsemble.load(MODEL)
        if trees.features != FEATURES:
            raise ValueError("the fitted trees expect other features than are computed; fit the refusal anew")
        return cls(trees, THRESHOLD)

    def probability(self, features: RefusalFeatures) -> float:
        """Probability, 0 to 1, that the course answers the question."""
        log_odds = float(self.trees.scores(np.array([astuple(features)], np.float32))[0])
        return float(1.0 / (1.0 + np.exp(-log_odds)))


# Set by fit_refusal.py on held-out questions: at most 5 % of the questions that the courses answer fall below.
THRESHOLD = 0.4


def refusal_features(
    query: Query, ranking: Sequence[ScoredChunk], index: CourseIndex, knowledge: CourseKnowledge
) -> RefusalFeatures:
    """Measure the evidence against the query.

    Args:
        query: As understood.
        ranking: What was found, best first; at least one chunk.
        index: The course.
        knowledge: Of the same course.
    """
    first = ranking[:_LOOKED_AT]
    held = index.coverage(query.used, first)
    by_similarity = sorted((item.signals.dense for item in ranking), reverse=True)
    around = by_similarity[_LOOKED_AT:_SURROUNDINGS] or by_similarity
    unknown = set(query.unknown_words)
    rare = {word for word in unknown if knowledge.english.is_rare(word)}
    subject = set(words(query.subject))
    n_content = max(1, len(index.analyzer.terms(query.used)))
    return RefusalFeatures(
        similarity=max(item.signals.dense for item in first),
        first_similarity=first[0].signals.dense,
        stands_out=by_similarity[0] - float(np.mean(around)),
        first_coverage=held.first,
        coverage=held.together,
        sentence_coverage=held.sentence,
        unknown=held.unknown,
        names_term=max(item.signals.glossary for item in first),
        unknown_words=float(len(unknown)),
        rare_words=float(len(rare)),
        rare_share=min(1.0, len(rare) / n_content),
        subject_unknown=float(bool(subject & unknown)),
        subject_rare=float(bool(subject & rare)),
        asks_definition=float(query.intent in ("define", "compare")),
        length=float(np.log1p(n_content)),
        course_size=float(np.log(len(index.chunks))),
    )
