"""Texts are read word by word through a memory; what is read is what a plain reading gives."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from index.analysis import Analyzer, words

ANALYZER = Analyzer("en")
# Spaces of all kinds, hyphens, apostrophes, letters that fold into several or into spaces, and marks that join others.
AWKWARD = st.text(st.sampled_from("aBßİΣσş\u0301ﬁ½´¨²-'’‐ \t\n\u00a0\u2003\u00ad\u0085.,()_1x"), max_size=40)


@given(st.one_of(st.text(max_size=60), AWKWARD))
def test_terms_are_those_of_the_text_read_as_a_whole(text: str) -> None:
    assert ANALYZER.terms(text) == [term for word in words(text) for term in ANALYZER.terms(word)]


@given(st.lists(st.sampled_from(["the cells", "x-ray", "Parkinson's", "neurons,", "(cell)"]), max_size=8))
def test_what_is_remembered_does_not_change_what_is_read(pieces: list[str]) -> None:
    text = " ".join(pieces)

    assert ANALYZER.terms(text) == Analyzer("en").terms(text) == ANALYZER.terms(text)


def test_who_changes_the_terms_of_a_text_changes_nothing_for_others() -> None:
    ANALYZER.terms("stars shine").clear()

    assert ANALYZER.terms("stars shine") == ["star", "shine"]


def test_words_of_an_unknown_language_are_left_as_they_are() -> None:
    assert Analyzer("tlh").terms("the Stars' stars") == ["the", "stars", "stars"]


def test_words_longer_than_any_are_read_and_not_remembered() -> None:
    ANALYZER.terms("warm up")
    tracemalloc.start()

    for number in range(300):
        assert len(ANALYZER.terms(f"{'x' * 1000}{number} {'y-' * 200}{number}")) > 200

    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 100_000
