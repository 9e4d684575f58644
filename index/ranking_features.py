"""What the fitted ranker sees of each candidate chunk for one query: similarity, shared words, heading, neighbours.

Every feature is on a scale that does not grow with the course, so that a ranker fitted on some courses serves others.
"""

import math
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.candidates import CandidateSignals
from index.course_tables import CourseTables
from index.fusion import convex_combination
from index.term_table import Matches
from index.types import Ints, Matrix, Scores

Numbers = NDArray[np.floating[Any]]  # (n_candidates,), row i is candidate i

FEATURES = (
    "dense", "dense_gap", "dense_z", "dense_rank", "lexical", "lexical_share", "lexical_rank", "fused", "glossary",
    "coverage", "sentence_coverage", "bigrams", "heading_coverage", "heading_share",
    "feedback", "feedback_gap", "neighbours", "section_support", "document_support",
    "is_definition", "is_takeaway", "log_length",
    "query_length", "query_unknown", "query_cloze", "query_options", "query_asks", "query_best_dense",
    "query_best_lexical", "query_best_heading",
)  # fmt: skip

CANDIDATES_PER_SIGNAL = 40  # recall of gold among the candidates no longer rises beyond, on five question sets
_FEEDBACK_CHUNKS = 5  # pseudo-relevance feedback, as Rocchio with the best few
_NEIGHBOURS = 10
_SUPPORTERS = 30
_FEW = 10_000  # sums by number that take less time than numbering anew
_CLOZE = re.compile(r"__")
_OPTIONS = re.compile(r"\ba\) .*\bb\) ", re.DOTALL)
_ASKS = re.compile(r"\s*(?:what|which|who|when|where|why|how|is|are|do|does|can)\b", re.IGNORECASE)


def ranking_features(query: str, signals: CandidateSignals, tables: CourseTables) -> NDArray[np.float32]:
    """The features of the candidates: float32, (n_candidates, len(FEATURES)), columns as ``FEATURES`` names them."""
    all_terms = tables.analyzer.terms(query)
    terms = list(dict.fromkeys(all_terms))
    weights = tables.terms.weights(terms)
    total = max(float(weights.sum()), 1e-9)
    rows, dense, lexical = signals.rows, signals.dense, signals.lexical
    best_lexical = float(lexical.max(initial=0.0))
    fused = convex_combination([dense, lexical], weights=[0.6, 0.4])
    matches = tables.terms.match(terms, rows)
    heading_coverage, heading_share = _heading(terms, weights / total, rows, tables)
    order = np.argsort(-fused, kind="stable")
    feedback, neighbours = _near(fused, order, signals.vectors)
    section_support, document_support = _support(fused, order[:_SUPPORTERS], rows, tables)
    lexical_share = lexical / total
    of_each = (
        dense,
        dense - dense.max(initial=-1.0),
        _standardised(dense),
        _reciprocal_rank(dense),
        lexical / best_lexical if best_lexical else lexical,
        lexical_share,
        np.where(lexical > 0, _reciprocal_rank(lexical), 0.0),
        fused,
        signals.glossary,
        *_coverage(matches, weights / total, len(rows)),
        _bigrams(matches, all_terms, terms, len(rows)),
        heading_coverage,
        heading_share,
        feedback,
        feedback - feedback.max(initial=-1.0),
        neighbours,
        section_support,
        document_support,
        *tables.chunks.constant[rows].T,
    )
    of_all = (
        np.log1p(len(terms)),
        sum(weight for term, weight in zip(terms, weights.tolist(), strict=True) if not tables.terms.knows(term))
        / total,
        bool(_CLOZE.search(query)),
        bool(_OPTIONS.search(query)),
        bool(_ASKS.match(query)) or query.rstrip().endswith("?"),
        dense.max(initial=0.0),
        lexical_share.max(initial=0.0),
        heading_coverage.max(initial=0.0),
    )
    features = np.empty((len(FEATURES), len(rows)), dtype=np.float32)
    for place, column in enumerate(of_each):  # a third of the time of ``np.stack``
        features[place] = column
    features[len(of_each) :] = np.array(of_all, np.float32)[:, None]
    return features.T


def _standardised(scores: Scores) -> Scores:
    """By how many standard deviations each score is above their mean."""
    above: Scores = scores - scores.sum() / np.float32(len(scores))
    deviation = np.sqrt((above * above).sum() / np.float32(len(scores)))
    standardised: Scores = above / (deviation + np.float32(1e-6))
    return standardised


def _reciprocal_rank(scores: Scores) -> Scores:
    """1 for the best, 3/4 for the second, 3/5 for the third ...: ranks beyond a dozen hardly differ."""
    ranks = np.empty(len(scores), np.float32)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    return 1.0 / (1.0 + ranks / 3.0)


def _coverage(matches: Matches, share: Scores, n_rows: int) -> tuple[Numbers, Numbers]:
    """IDF-weighted share of the query's terms that each chunk, and its best single sentence, holds."""
    whole = matches.in_chunks(n_rows, len(share)) @ share
    best = np.zeros(n_rows)
    in_sentences, begins = matches.in_sentences(len(share))
    np.maximum.at(best, matches.chunk[begins], in_sentences @ share)
    return whole, best


def _bigrams(matches: Matches, all_terms: Sequence[str], terms: Sequence[str], n_rows: int) -> Numbers:
    """Share of the query's pairs of neighbouring terms that stand side by side in the chunk."""
    number = {term: n for n, term in enumerate(terms)}
    n_terms = len(terms)
    pairs = list({number[a] * n_terms + number[b] for a, b in pairwise(all_terms)})
    if not pairs or len(matches.place) < 2:
        return np.zeros(n_rows, np.float32)
    asked = np.full(n_terms * n_terms, -1)
    asked[pairs] = np.arange(len(pairs))
    pair = asked[matches.term[:-1] * n_terms + matches.term[1:]]
    next_to = matches.place[1:] == matches.place[:-1] + 1
    found = np.flatnonzero((pair >= 0) & next_to & (matches.chunk[1:] == matches.chunk[:-1]))
    held = np.zeros((n_rows, len(pairs)))
    held[matches.chunk[found], pair[found]] = 1.0
    shares: Numbers = held.sum(axis=1) / len(pairs)
    return shares


def _heading(terms: Sequence[str], share: Scores, rows: Ints, tables: CourseTables) -> tuple[Numbers, Numbers]:
    """How much of the query the heading or term holds, and how much of the heading the query holds."""
    chunk, term = tables.match_headings(terms, rows)
    lengths = tables.heading_lengths(rows)
    coverage = np.bincount(chunk, weights=share[term], minlength=len(rows)).astype(np.float32)
    n_held = np.bincount(chunk, minlength=len(rows)).astype(np.float32)
    return coverage, n_held / np.maximum(lengths, 1)


def _near(fused: Scores, order: Ints, vectors: Matrix) -> tuple[Scores, Scores]:
    """Similarity to the best few chunks together (pseudo-relevance feedback), and on average to the best ten."""
    best = order[:_FEEDBACK_CHUNKS]
    centre = np.maximum(fused[best], 0) @ vectors[best]
    feedback = vectors @ (centre / max(math.sqrt(centre @ centre), 1e-9))
    near = order[:_NEIGHBOURS]
    similarity = (vectors @ vectors[near].T).sum(axis=1)
    is_near = np.zeros(len(vectors), np.float32)
    is_near[near] = 1.0
    return feedback, (similarity - is_near) / np.maximum(len(near) - is_near, 1.0)


def _renumbered(numbers: NDArray[np.int32]) -> Ints:
    """Numbers counted from 0 among those that occur, 0 staying 0, so that what is summed by them is short."""
    if int(numbers.max(initial=0)) < _FEW:
        return numbers.astype(np.int64)
    found, places = np.unique(numbers, return_inverse=True)
    return places.reshape(numbers.shape) + int(found[0] != 0)


def _support(fused: Scores, best: Ints, rows: Ints, tables: CourseTables) -> tuple[Numbers, Numbers]:
    """Share of the best thirty's score that stands under the same heading, and in the same document, as each chunk."""
    own = np.zeros(len(rows))
    own[best] = fused[best]
    sections, documents = _renumbered(tables.small_sections(rows)), _renumbered(tables.chunks.documents[rows])
    shares = np.repeat(fused[best], sections.shape[1])
    by_section = np.bincount(sections[best].ravel(), shares, minlength=int(sections.max(initial=0)) + 1)
    by_section[0] = 0.0  # of the chunks that stand under none
    section = by_section[sections].max(axis=1)
    document = np.bincount(documents[best], fused[best], minlength=int(documents.max(initial=0)) + 1)[documents]
    total = max(float(own.sum()), 1e-9)
    return np.maximum(section - own, 0.0) / total, np.maximum(document - own, 0.0) / total
