"""The probability that the course answers: sane in every direction, and one place for the threshold."""

from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from tutor.refusal import RefusalFeatures, RefusalModel

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
    st.sampled_from(["similarity", "first_similarity", "first_coverage", "coverage", "sentence_coverage"]),
    share,
)
def test_better_evidence_never_lowers_the_probability(
    given_features: RefusalFeatures, name: str, higher: float
) -> None:
    better = replace(given_features, **{name: max(higher, getattr(given_features, name))})

    assert MODEL.probability(better) >= MODEL.probability(given_features) - 1e-6


@given(features, st.sampled_from(["unknown", "rare_share", "subject_unknown", "subject_rare"]), share)
def test_words_that_the_course_lacks_never_raise_it(given_features: RefusalFeatures, name: str, higher: float) -> None:
    worse = replace(given_features, **{name: max(higher, getattr(given_features, name))})

    assert MODEL.probability(worse) <= MODEL.probability(given_features) + 1e-6


@given(features)
def test_it_is_a_probability(given_features: RefusalFeatures) -> None:
    assert 0 < MODEL.probability(given_features) < 1
