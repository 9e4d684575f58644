"""The fitted ranker orders a few dozen candidates; everything else stays in reach behind them."""

from itertools import pairwise

import numpy as np
import pytest
from factories import make_chunk
from hypothesis import given, settings
from hypothesis import strategies as st

from index.analysis import Analyzer
from index.candidates import CandidateSignals
from index.course_tables import CourseTables
from index.coverage import coverage
from index.learned_ranker import LearnedRanker
from index.ranking_features import CANDIDATES_PER_SIGNAL, FEATURES, ranking_features
from index.term_table import TermTable
from index.tree_ensemble import TreeEnsemble

CHUNKS = (
    make_chunk("Fusion is the joining of nuclei.", "It powers stars.", kind="definition", term="Fusion"),
    make_chunk("Stars shine for billions of years.", start=100),
    make_chunk("Planets do not shine by themselves.", start=200, heading_path=("Planets",)),
)
ANALYZER = Analyzer("en")


@pytest.fixture
def tables() -> CourseTables:
    return CourseTables.of(CHUNKS, ANALYZER)


def signals(dense: list[float], lexical: list[float]) -> CandidateSignals:
    vectors = np.random.default_rng(0).normal(size=(len(dense), 8)).astype(np.float32)
    return CandidateSignals(
        rows=np.arange(len(dense)),
        dense=np.array(dense, np.float32),
        lexical=np.array(lexical, np.float32),
        glossary=np.zeros(len(dense), np.float32),
        vectors=vectors / np.linalg.norm(vectors, axis=1, keepdims=True),
    )


def test_terms_are_found_where_they_stand() -> None:
    table = TermTable.build(CHUNKS, ANALYZER)

    found = table.match(ANALYZER.terms("shine"), np.array([0, 1, 2]))

    assert found.chunk.tolist() == [1, 2]


def test_every_feature_has_a_column_and_a_finite_value(tables: CourseTables) -> None:
    matrix = ranking_features("what is fusion?", signals([0.9, 0.3, 0.1], [2.0, 0.0, 0.0]), tables)

    assert matrix.shape == (3, len(FEATURES))
    assert np.isfinite(matrix).all()


@pytest.mark.parametrize("query", ["", "zzz qqq", "fusion fusion fusion", "____ a) x b) y"])
def test_any_query_can_be_ranked(tables: CourseTables, query: str) -> None:
    scores = LearnedRanker(tables, TreeEnsemble.load("ranker")).scores(
        query, signals([0.1, 0.0, -0.1], [0.0, 0.0, 0.0])
    )

    assert np.isfinite(scores).all()


def test_candidates_stand_before_the_rest() -> None:
    chunks = [make_chunk(f"Star number {number} shines.", start=100 * number) for number in range(200)]
    dense = np.linspace(1, 0, 200).astype(np.float32)
    all_signals = signals(dense.tolist(), [0.0] * 200)

    scores = LearnedRanker(CourseTables.of(chunks, ANALYZER), TreeEnsemble.load("ranker")).scores("star", all_signals)

    candidates = set(all_signals.worth_ranking(CANDIDATES_PER_SIGNAL).tolist())
    behind = [row for row in range(200) if row not in candidates]
    assert behind
    assert min(scores[list(candidates)]) > 0 > max(scores[behind])


def test_coverage_tells_what_is_missing(tables: CourseTables) -> None:
    held = coverage("fusion of dragons", np.array([0, 1]), tables)

    assert 0 < held.first == held.together < 1
    assert held.unknown == pytest.approx(1 - held.together)


def test_the_best_sentence_is_the_one_that_holds_most_and_never_a_heading(tables: CourseTables) -> None:
    held = coverage("does it power stars", np.array([0, 1]), tables)

    assert held.best is not None
    assert (held.best.chunk, held.best.sentence) == (0, 1)
    assert coverage("fusion", np.array([0]), tables).best is not None
    assert coverage("dragons", np.array([0]), tables).best is None


def test_the_heaviest_word_that_is_missing_is_told(tables: CourseTables) -> None:
    assert coverage("fusion of dragons", np.array([0, 1]), tables).heaviest_missing > 0.4
    assert coverage("fusion", np.array([0, 1]), tables).heaviest_missing == 0


sentences = st.lists(st.sampled_from(["star", "moon", "sun", "comet", "the"]), min_size=1, max_size=5).map(" ".join)


def column(matrix: np.ndarray, name: str) -> list[float]:
    return pytest.approx(matrix[:, FEATURES.index(name)].tolist(), abs=1e-6)


@settings(max_examples=50)
@given(
    st.lists(st.lists(sentences, min_size=1, max_size=3), min_size=1, max_size=4),
    st.lists(st.sampled_from(["star", "moon", "sun", "dragon"]), min_size=1, max_size=5),
)
def test_shares_of_the_question_are_those_that_sets_of_words_give(texts: list[list[str]], asked: list[str]) -> None:
    chunks = [make_chunk(*text, start=1000 * n, heading_path=("Space",)) for n, text in enumerate(texts)]
    tables, query = CourseTables.of(chunks, ANALYZER), " ".join(asked)
    terms = list(dict.fromkeys(ANALYZER.terms(query)))
    weight = dict(zip(terms, tables.terms.weights(terms).tolist(), strict=True))
    in_chunks = [[ANALYZER.terms(sentence) for sentence in text] for text in texts]
    pairs = set(pairwise(ANALYZER.terms(query)))

    def share(held: set[str]) -> float:
        return sum(weight[term] for term in held & weight.keys()) / sum(weight.values())

    found = ranking_features(query, signals([0.5] * len(chunks), [0.0] * len(chunks)), tables)
    held = coverage(query, np.arange(len(chunks)), tables)

    whole = [share({term for sentence in text for term in sentence}) for text in in_chunks]
    best = [max(share(set(sentence)) for sentence in text) for text in in_chunks]
    side_by_side = [set(pairwise([term for sentence in text for term in sentence])) for text in in_chunks]
    assert whole == column(found, "coverage")
    assert best == column(found, "sentence_coverage")
    assert [len(pairs & each) / max(len(pairs), 1) for each in side_by_side] == column(found, "bigrams")
    assert (held.first, held.sentence) == pytest.approx((whole[0], max(best)), abs=1e-6)
    assert held.together == pytest.approx(share({t for text in in_chunks for s in text for t in s}), abs=1e-6)
