"""Formulas in course text are drawn as MathML, prices are not, and nothing in a formula becomes markup."""

import re

import pytest
from fragments import Fragment
from hostile_text import PAYLOADS
from hypothesis import given
from hypothesis import strategies as st

from ui.escaping import course_text
from ui.formulas import split_formulas, to_mathml


@given(st.text(alphabet=st.sampled_from("ab $\\{}^_12<&\n"), max_size=80))
def test_words_and_formulas_joined_are_the_text_again(text: str) -> None:
    assert "".join(source for source, _ in split_formulas(text)) == text


@pytest.mark.parametrize("text", ["from $5 to $10", "$5-$10", "a $ b $ c", "costs 5$ or 6$", r"\$x\$", "$$"])
def test_prices_and_lonely_dollars_are_no_formulas(text: str) -> None:
    assert course_text(text) == text


def test_a_formula_between_words_is_drawn() -> None:
    html = course_text("The norm $\\|x\\|_2 < 1$ is small.")

    assert html.startswith("The norm <math")
    assert html.endswith("</math> is small.")
    assert "&lt;" in html


def test_aligned_rows_are_drawn_as_rows() -> None:
    mathml = to_mathml("\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}", block=True)

    assert mathml.count("<mtr>") == 2
    assert "&amp;" not in mathml


@pytest.mark.parametrize("tex", ["\\frac", "\\unknowncommand{x}", "{" * 400 + "x", "\\begin{aligned}"])
def test_what_cannot_be_drawn_stays_as_it_is_written(tex: str) -> None:
    text = f"see ${tex}$ here"

    assert Fragment(course_text(text)).text() == text


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_in_a_formula_becomes_markup(payload: str) -> None:
    html = course_text(f"$\\text{{{payload}}}$ and $$\\mathrm{{{payload}}}$$")

    assert {tag for tag, _ in Fragment(html).elements} <= {
        *("math", "mrow", "mtext", "mi", "mo", "mn", "ms", "mspace", "msub", "msup", "mstyle", "mtable", "mtr", "mtd"),
    }
    assert not re.search(r"<[^>]*\son\w+=", html)
