"""The fitted ranker orders a few dozen candidates; everything else stays in reach behind them."""

import numpy as np
import pytest
from factories import make_chunk

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
