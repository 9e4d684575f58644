"""Scores of rankings: the published measures, by ir-measures."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.evaluation.ranking_scores import RankingScores, group_success, mean_scores, ordinal_scores, score_rankings

ITEMS = [f"d{number}" for number in range(12)]
RANKINGS = st.permutations(ITEMS)
GRADES = st.dictionaries(st.sampled_from(ITEMS), st.integers(1, 2), min_size=1)


def test_gain_is_linear_as_trec_eval_has_it_not_exponential() -> None:
    scores = score_rankings({"q": ["one", "two"]}, {"q": {"one": 1, "two": 2}})["q"]

    assert scores.ndcg_at_10 == pytest.approx((1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3)))


def test_a_hit_at_rank_two_is_half_a_reciprocal_rank_and_a_success_at_five_only() -> None:
    scores = score_rankings({"q": ["wrong", "right"]}, {"q": {"right": 1}})["q"]

    assert (scores.success_at_1, scores.success_at_5, scores.mrr_at_10) == (0.0, 1.0, 0.5)


def test_a_hit_below_rank_ten_counts_for_nothing() -> None:
    scores = score_rankings({"q": [*ITEMS[:10], "right"]}, {"q": {"right": 1}})["q"]

    assert scores == RankingScores(1, 0.0, 0.0, 0.0, 0.0)


def test_a_question_without_a_ranking_scores_nothing_but_counts() -> None:
    scores = score_rankings({"found": ["a"]}, {"found": {"a": 1}, "lost": {"b": 1}})

    assert scores["lost"] == RankingScores(1, 0.0, 0.0, 0.0, 0.0)
    assert mean_scores(list(scores.values())) == RankingScores(2, 0.5, 0.5, 0.5, 0.5)


@given(GRADES)
def test_a_perfect_ranking_scores_one(grades: dict[str, int]) -> None:
    best_first = sorted(ITEMS, key=lambda item: -grades.get(item, 0))

    scores = score_rankings({"q": best_first}, {"q": grades})["q"]

    assert scores.ndcg_at_10 == pytest.approx(1.0)
    assert (scores.success_at_1, scores.success_at_5, scores.mrr_at_10) == (1.0, 1.0, 1.0)


@given(RANKINGS, GRADES)
def test_scores_lie_between_nothing_and_one_and_agree_with_each_other(
    ranking: list[str], grades: dict[str, int]
) -> None:
    scores = score_rankings({"q": ranking}, {"q": grades})["q"]

    assert 0 <= scores.ndcg_at_10 <= 1 + 1e-9
    assert scores.success_at_1 <= scores.mrr_at_10 <= 1
    assert scores.success_at_1 <= scores.success_at_5


@given(RANKINGS, GRADES, st.integers(0, 10))
def test_moving_a_right_item_up_never_costs_anything(ranking: list[str], grades: dict[str, int], place: int) -> None:
    moved = ranking.copy()
    if grades.get(ranking[place + 1], 0) >= grades.get(ranking[place], 0):
        moved[place], moved[place + 1] = moved[place + 1], moved[place]

    before, after = (score_rankings({"q": order}, {"q": grades})["q"] for order in (ranking, moved))

    assert after.ndcg_at_10 >= before.ndcg_at_10 - 1e-9
    assert after.mrr_at_10 >= before.mrr_at_10


@given(RANKINGS)
def test_the_order_given_is_the_order_scored(ranking: list[str]) -> None:
    scores = ordinal_scores(ranking)

    assert sorted(scores, key=lambda item: -scores[item]) == ranking
    assert len(set(scores.values())) == len(ranking)


def test_nothing_judged_means_nothing_scored() -> None:
    assert score_rankings({"q": ["a"]}, {}) == {}
    assert mean_scores([]) is None


@pytest.mark.parametrize(("k", "found"), [(1, False), (2, True)])
def test_a_module_is_found_within_the_first_k_passages(k: int, *, found: bool) -> None:
    group_of = {"a": "skin", "b": "heart", "c": "heart"}

    assert group_success(["a", "b", "c"], group_of, frozenset({"heart"}), k=k) is found
