"""A typed question becomes one clean line."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.understanding.normalise import normalise


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("  what\tis\r\n AI ?  ", "what is AI ?"),
        ("what’s “AI”", 'what\'s "AI"'),
        ("computer–aided — diagnosis", "computer-aided - diagnosis"),
        ("what is A\u202eI\u202c", "what is AI"),
        ("what is AI\U000e0041\U000e0042", "what is AI"),
        ("rad\u00adio\u200bmics", "radiomics"),
        ("ﬁne-tuning ①", "fine-tuning 1"),
        ("**what is AI**", "what is AI"),
        ("> # what is AI", "what is AI"),
        ('what is <b class="x">AI</b>?', "what is AI ?"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("\x00what\x07 is AI", "what is AI"),
    ],
)
def test_what_only_typography_tells_apart_is_folded(typed: str, clean: str) -> None:
    assert normalise(typed) == clean


@pytest.mark.parametrize("typed", ["if a <b and c> d", "is 3 < 5 > 2", "what is x^2 - 5x + 6 = 0", "C# or C++?", "R^2"])
def test_mathematics_is_no_markup(typed: str) -> None:
    assert normalise(typed) == typed


@given(st.text())
def test_nothing_unseen_is_left_and_a_clean_line_stays_as_it_is(typed: str) -> None:
    clean = normalise(typed)

    assert normalise(clean) == clean
    assert clean == clean.strip()
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Cn"} for character in clean)


@given(st.text(alphabet=st.characters(categories=["Ll", "Lu"], max_codepoint=0x148), min_size=1))
def test_letters_are_never_lost(letters: str) -> None:
    assert normalise(letters) == unicodedata.normalize("NFKC", letters)
