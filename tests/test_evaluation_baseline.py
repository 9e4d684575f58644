"""Comparing with saved scores: nobody makes it worse unseen."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.evaluation.baseline import Change, compare, read_baseline
from tutor.evaluation.errors import BaselineInvalid
from tutor.evaluation.scorecard_json import JsonObject


def card(*, ndcg: float = 0.8, typo: float = 0.8, refused: float = 0.9, false_refused: float = 0.05) -> JsonObject:
    return {
        "set": "seed",
        "overall": {"n": 100, "ndcg@10": ndcg},
        "by_kind": {"typo": {"n": 10, "ndcg@10": typo}},
        "refusal": {
            "n_refuse": 20,
            "auroc": None,
            "threshold": 0.5,
            "refused": refused,
            "false_refused": false_refused,
        },
        "citations": {"recall": 0.9, "n_cited": 50},
        "latency_ms": {"p50": 10.0, "p95": 20.0},
    }


def worse(before: JsonObject, after: JsonObject, tolerance: float = 0.01) -> set[str]:
    return {".".join(change.path) for change in compare(before, after) if change.is_worse(tolerance)}


def test_the_same_scores_are_not_worse() -> None:
    assert worse(card(), card()) == set()


def test_a_fall_beyond_the_tolerance_is_worse_and_within_it_is_not() -> None:
    assert worse(card(ndcg=0.8), card(ndcg=0.78)) == {"overall.ndcg@10"}
    assert worse(card(ndcg=0.8), card(ndcg=0.79)) == set()


def test_false_refusals_are_worse_when_they_rise() -> None:
    assert worse(card(false_refused=0.05), card(false_refused=0.10)) == {"refusal.false_refused"}
    assert worse(card(false_refused=0.10), card(false_refused=0.05)) == set()


def test_a_kind_counts_by_its_share_of_the_questions() -> None:
    assert worse(card(typo=0.8), card(typo=0.72)) == set()
    assert worse(card(typo=0.8), card(typo=0.6)) == {"by_kind.typo.ndcg@10"}


def test_counts_thresholds_and_latency_are_not_scores() -> None:
    names = {change.path[-1] for change in compare(card(), card())}

    assert names == {"ndcg@10", "refused", "false_refused", "recall"}


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(["ndcg@10", "false_refused"]))
def test_whichever_way_a_score_runs_one_direction_is_a_loss(before: float, after: float, name: str) -> None:
    there = Change(("overall", name), before, after, 1.0)
    back = Change(("overall", name), after, before, 1.0)

    assert there.gain == pytest.approx(-back.gain)
    assert not (there.is_worse(0.0) and back.is_worse(0.0))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"set": "other"}, "set was 'seed' in the baseline and is 'other' now"),
        ({"overall": {"n": 5, "ndcg@10": 0.8}}, "overall.n was 100"),
        ({"refusal": {"n_refuse": 1}}, "refusal.n_refuse was 20"),
    ],
)
def test_scores_over_other_questions_are_not_compared(change: JsonObject, complaint: str) -> None:
    with pytest.raises(BaselineInvalid, match=complaint):
        compare(card(), card() | change)


def test_a_saved_baseline_comes_back_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "before.json").write_text(json.dumps(card()), encoding="utf-8")

    assert read_baseline(tmp_path / "before.json") == card()


@pytest.mark.parametrize("content", [None, "{", "[]", '{"set": "seed"}'])
def test_a_file_that_is_no_baseline_says_how_to_make_one(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "before.json").write_text(content, encoding="utf-8")

    with pytest.raises(BaselineInvalid, match=r"before\.json: (no such file; make one with --save|not a baseline)"):
        read_baseline(tmp_path / "before.json")
