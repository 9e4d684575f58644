"""The probability that the course answers: sane in every direction, and one place for the threshold."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.refusal import THRESHOLDS, RefusalFeatures, RefusalModel, threshold_for

share = st.floats(0, 1)
features = st.builds(
    RefusalFeatures,
    **{field.name: share for field in fields(RefusalFeatures)}
    | {"unknown_words": st.integers(0, 8).map(float), "rare_words": st.integers(0, 8).map(float)}
    | {"length": st.floats(0, 4), "course_size": st.floats(1, 10)},
)
MODEL = RefusalModel.load()


@given(
    features,
    st.sampled_from(
        [
            "similarity",
            "first_similarity",
            "first_coverage",
            "coverage",
            "sentence_coverage",
            "in_order",
            "nearness",
        ]
    ),
    share,
)
def test_better_evidence_never_lowers_the_probability(
    given_features: RefusalFeatures, name: str, higher: float
) -> None:
    better = replace(given_features, **{name: max(higher, getattr(given_features, name))})

    assert MODEL.probability(better) >= MODEL.probability(given_features) - 1e-6


@given(
    features,
    st.sampled_from(
        ["unknown", "rare_share", "subject_unknown", "subject_rare", "denies", "opposites", "lacks_answer"]
    ),
    share,
)
def test_words_that_the_course_lacks_and_signs_of_a_near_miss_never_raise_it(
    given_features: RefusalFeatures, name: str, higher: float
) -> None:
    worse = replace(given_features, **{name: max(higher, getattr(given_features, name))})

    assert MODEL.probability(worse) <= MODEL.probability(given_features) + 1e-6


@given(features)
def test_it_is_a_probability(given_features: RefusalFeatures) -> None:
    assert 0 < MODEL.probability(given_features) < 1


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_larger_course_never_refuses_less_readily(some: int, more: int) -> None:
    smaller, larger = sorted((some, more))

    assert 0 < threshold_for(smaller) <= threshold_for(larger) < 1


def test_the_threshold_meets_the_sizes_it_was_chosen_at() -> None:
    assert [threshold_for(size) for size, _ in THRESHOLDS] == [pytest.approx(value) for _, value in THRESHOLDS]
