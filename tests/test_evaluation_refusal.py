"""Scores of refusal: does confidence tell what the course answers from what it does not?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from tutor.evaluation.refusal_scores import (
    auroc,
    calibration,
    expected_calibration_error,
    refused_at,
    score_refusal,
)

CONFIDENCES = st.lists(st.integers(0, 20).map(lambda n: n / 20), min_size=1, max_size=40)


@given(CONFIDENCES, CONFIDENCES)
def test_auroc_is_what_scikit_learn_computes(inside: list[float], outside: list[float]) -> None:
    truth = [1] * len(inside) + [0] * len(outside)

    assert auroc(inside, outside) == pytest.approx(roc_auc_score(truth, [*inside, *outside]))


@given(CONFIDENCES, CONFIDENCES)
def test_reversed_confidence_has_the_rest_of_the_area(inside: list[float], outside: list[float]) -> None:
    reverse = auroc([1 - c for c in inside], [1 - c for c in outside])

    assert reverse == pytest.approx(1 - auroc(inside, outside))


def test_perfect_separation_is_one_and_no_difference_is_a_half() -> None:
    assert auroc([0.8, 0.9], [0.1, 0.2]) == 1.0
    assert auroc([0.5, 0.5], [0.5]) == 0.5


@given(CONFIDENCES, CONFIDENCES)
def test_calibration_error_lies_between_nothing_and_one(inside: list[float], outside: list[float]) -> None:
    bins = calibration(inside, outside)

    assert 0 <= expected_calibration_error(bins) <= 1
    assert sum(found.n for found in bins) == len(inside) + len(outside)
    assert all(found.low - 1e-9 <= found.mean_confidence <= found.high + 1e-9 for found in bins)


def test_certain_and_right_has_no_calibration_error_and_certain_and_wrong_has_all_of_it() -> None:
    assert expected_calibration_error(calibration([1.0, 1.0], [0.0])) == 0.0
    assert expected_calibration_error(calibration([0.0], [1.0, 1.0])) == 1.0


@given(CONFIDENCES, CONFIDENCES, st.sampled_from([0.0, 0.05, 0.5]))
def test_the_threshold_for_a_budget_keeps_to_it(inside: list[float], outside: list[float], budget: float) -> None:
    share = refused_at(inside, outside, budget)

    within_budget = [t for t in {*inside, *outside} if sum(c < t for c in inside) <= budget * len(inside)]
    best = max((sum(c < t for c in outside) / len(outside) for t in within_budget), default=0.0)
    assert share == pytest.approx(best)


def test_a_twentieth_of_false_refusals_may_be_spent_and_no_more() -> None:
    inside = [0.1, 0.4, *[0.9] * 18]

    assert refused_at(inside, [0.2, 0.3, 0.5, 0.95], 0.05) == 0.5


def test_shares_refused_are_of_what_was_done_not_of_what_the_threshold_says() -> None:
    scores = score_refusal([(0.2, False), (0.9, True)], [(0.9, True), (0.1, False)], threshold=0.5)

    assert (scores.refused, scores.false_refused, scores.threshold) == (0.5, 0.5, 0.5)


def test_a_set_without_questions_to_refuse_has_false_refusals_only() -> None:
    scores = score_refusal([(0.2, True), (0.9, False)], [], threshold=0.5)

    assert scores.false_refused == 0.5
    assert (scores.auroc, scores.refused, scores.refused_at_5pct_false, scores.ece) == (None, None, None, None)
    assert scores.reliability == ()
