"""When two sentences say the same in the same words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.types import Chunk, Span
from tutor.sameness import fold, lead_length, readable_sentences


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("12. Radiomics: Radiomics is a field of study.", "Radiomics is a field of study."),
        ("Machine Learning: Machine Learning is a subset of AI.", "Machine Learning is a subset of AI."),
        (
            "Electronic Health Records (EHR): Electronic Health Records are charts.",
            "Electronic Health Records are charts.",
        ),
    ],
)
def test_an_entrys_lead_is_cut_when_the_sentence_names_the_term_again(entry: str, sentence: str) -> None:
    assert entry[lead_length(entry) :] == sentence


@pytest.mark.parametrize(
    "text",
    [
        "acne: skin condition due to infected sebaceous glands",
        "Note: The figure is not to scale.",
        "Radiomics is a field of study.",
        "",
    ],
)
def test_a_lead_that_carries_the_meaning_stays(text: str) -> None:
    assert lead_length(text) == 0


def test_a_takeaway_and_the_definition_it_repeats_fold_to_the_same() -> None:
    assert fold("2. Machine Learning: Machine Learning is a subset of AI.") == fold(
        "Machine learning is a subset of AI"
    )


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold(text)

    assert fold(once) == once


def test_the_first_readable_sentence_starts_after_the_lead() -> None:
    text = "1. Radiomics: Radiomics is a field. It uses images."
    chunk = Chunk(
        "c", "course", "d", "D", "definition", (), text, 10, 10 + len(text), (Span(10, 45), Span(46, 10 + len(text)))
    )

    first, second = readable_sentences(chunk)

    assert text[first.char_start - 10 : first.char_end - 10] == "Radiomics is a field."
    assert second == chunk.sentences[1]
