"""Refusal: a probability that the course answers the question, and the threshold below which it is refused.

The probability comes from small boosted trees over features that mean the same in a course of twenty-five items and in
a textbook. ``tutor/evaluation/fit_refusal.py`` fits them and docs/evaluation.md reports how well calibrated they are.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from index.analysis import words
from index.course_index import CourseIndex
from index.coverage import BestSentence
from index.tree_ensemble import TreeEnsemble
from index.types import ScoredChunk
from tutor.evidence import Evidence
from tutor.near_misses import NO_SENTENCE, NearMiss, Surroundings, compare
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
    heaviest_missing: float  # share of the weightiest word that none of the first chunks holds
    denies: float  # this and the following: see near_misses.NearMiss
    opposites: float
    lacks_answer: float
    names_missing: float
    in_order: float
    side_by_side: float
    nearness: float  # cosine of the query and the course as a whole

    def by_name(self) -> dict[str, float]:
        """Every feature, in the order in which the model was fitted."""
        return {name: getattr(self, name) for name in FEATURES}


FEATURES = tuple(field.name for field in fields(RefusalFeatures))
_NEAR_MISS = tuple(field.name for field in fields(NearMiss))


@dataclass(frozen=True, slots=True)
class RefusalModel:
    """Boosted trees over ``RefusalFeatures``; the sum of the trees is a log-odds."""

    trees: TreeEnsemble

    @classmethod
    def load(cls) -> Self:
        """The model that ships with the code.

        Raises:
            ValueError: If it was fitted on other features than are computed here.
        """
        trees = TreeEnsemble.load(MODEL)
        if trees.features != FEATURES:
            raise ValueError("the fitted trees expect other features than are computed; fit the refusal anew")
        return cls(trees)

    def probability(self, features: RefusalFeatures) -> float:
        """Probability, 0 to 1, that the course answers the question."""
        log_odds = float(self.trees.scores(np.array([tuple(features.by_name().values())], np.float32))[0])
        return float(1.0 / (1.0 + np.exp(-log_odds)))


# (chunks, threshold), chosen on held-out questions of courses of each size. A small course is asked in other words than
# its own and loses answers to a high threshold; a textbook has all words, and answers anything at a low one.
THRESHOLDS = ((25, 0.15), (1_000, 0.32), (3_700, 0.43), (7_600, 0.62))


def threshold_for(n_chunks: int) -> float:
    """The probability below which a course of that size refuses; linear in the logarithm between the sizes known."""
    sizes, thresholds = zip(*THRESHOLDS, strict=True)
    return float(np.interp(np.log(max(n_chunks, 1)), np.log(sizes), thresholds))


def refusal_features(
    query: Query, evidence: Evidence, index: CourseIndex, knowledge: CourseKnowledge
) -> RefusalFeatures:
    """Measure the evidence against the query.

    Args:
        query: As understood.
        evidence: What was found; at least one chunk.
        index: The course.
        knowledge: Of the same course.
    """
    ranking = evidence.ranking
    first = ranking[:_LOOKED_AT]
    held = index.coverage(query.used, first)
    by_similarity = sorted((item.signals.dense for item in ranking), reverse=True)
    around = by_similarity[_LOOKED_AT:_SURROUNDINGS] or by_similarity
    unknown = set(query.unknown_words)
    rare = {word for word in unknown if knowledge.english.is_rare(word)}
    subject = set(words(query.subject))
    n_content = max(1, len(index.analyzer.terms(query.used)))
    near_miss = _near_miss(query, first, held.best, index)
    return RefusalFeatures(
        similarity=max(item.signals.dense for item in first),
        first_similarity=first[0].signals.dense,
        stands_out=by_similarity[0] - sum(around) / len(around),
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
        length=math.log1p(n_content),
        course_size=math.log(len(index.chunks)),
        heaviest_missing=held.heaviest_missing,
        **{name: getattr(near_miss, name) for name in _NEAR_MISS},
        nearness=evidence.nearness,
    )


def _near_miss(query: Query, first: Sequence[ScoredChunk], best: BestSentence | None, index: CourseIndex) -> NearMiss:
    if best is None:
        return NO_SENTENCE
    chunk = first[best.chunk].chunk
    span = chunk.sentences[best.sentence]
    sentence = chunk.text[span.char_start - chunk.char_start : span.char_end - chunk.char_start]
    headings = " ".join((chunk.document_title, *chunk.heading_path, chunk.term))
    return compare(query.used, Surroundings(sentence, f"{headings} {chunk.text}"), index.analyzer)
