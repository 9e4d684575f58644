"""Labels of a page are no questions."""

import pytest

from tutor.tutor import Tutor
from tutor.understanding.furniture import is_furniture


@pytest.mark.parametrize(
    "text", ["Next chapter", "« previous page", "Table of contents", "references", "© 2024 A. Author", "page 3 of 12"]
)
def test_a_label_of_a_page_is_furniture(text: str) -> None:
    assert is_furniture(text)


@pytest.mark.parametrize(
    "text",
    ["what is chapter 3 about", "the contents of a cell", "references to networks", "copyright law", "AI"],
)
def test_a_question_with_such_words_is_none(text: str) -> None:
    assert not is_furniture(text)


def test_furniture_is_asked_to_be_a_question(bundled_tutor: Tutor) -> None:
    answer = bundled_tutor.ask("References")

    assert answer.status == "not_in_course"
    assert answer.message.startswith("Please ask a question about the course")
