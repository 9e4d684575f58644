"""A proper name that the course never uses speaks against an answer; capitals alone do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from understood_courses import medicine_course

from tutor.tutor import Tutor
from tutor.types import Query
from tutor.understanding.understand import understand
from tutor.unknown_names import discounted, unknown_names


def understood(question: str) -> Query:
    return understand(question, (), medicine_course())


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("how does AlexNet classify images", ("AlexNet",)),
        ("what do radiologists in Boston do with images?", ("Boston",)),
        ("how is GPT-4 trained on data", ("GPT",)),
        ("what are CNNs good for?", ()),
        ("Obstacles for deep learning?", ()),  # the first word is always capital
        ("How Does Deep Learning Help Hospitals?", ()),  # and so are all words of a title
        ("HOW DO HOSPITALS USE AI", ()),
        ("how do hospitals use it", ()),
    ],
)
def test_names_are_told_from_other_words_that_the_course_lacks(question: str, names: tuple[str, ...]) -> None:
    assert unknown_names(understood(question)) == names


@given(st.floats(0, 1))
def test_a_name_that_the_course_lacks_lowers_the_probability_and_nothing_else_changes_it(probability: float) -> None:
    with_name = discounted(probability, understood("how does AlexNet classify images"))

    assert 0 <= with_name <= probability
    assert discounted(probability, understood("how do networks classify images")) == probability


@pytest.mark.parametrize("question", ["how does a U-Net do segmentation", "does ResNet use convolutional layers?"])
def test_a_question_about_something_that_the_course_never_names_is_refused(bundled_tutor: Tutor, question: str) -> None:
    assert bundled_tutor.ask(question).status == "not_in_course"


@pytest.mark.parametrize("question", ["what is supervised learning", "define gradient boosting"])
def test_a_name_that_the_course_lacks_a_word_of_is_not_defined(bundled_tutor: Tutor, question: str) -> None:
    assert bundled_tutor.ask(question).status == "not_in_course"


def test_a_description_in_other_words_is_no_name() -> None:
    described = understood("what is cutting a picture into labelled regions")

    assert discounted(0.5, described) == 0.5
