"""The glossary asked for as such: listed, cited, cut at a minute's reading, and told from questions about one term."""

import pytest

from tutor.composing import MAX_WORDS
from tutor.glossary_list import MAX_LISTED
from tutor.tutor import Tutor
from tutor.types import Turn
from tutor.understanding.glossary_request import glossary_subject

WHOLE = """
what are the key terms?
list the glossary
glossary
key terms
list all the definitions
give me the glossary of this course
what terms does this course define
which terms do I need to know
what terms should I know for the exam
give me a list of key terms and definitions
is there a glossary?
what are the important terms in this chapter?
terms and definitions
"""

OF_A_TOPIC = {
    "what are the key terms of the heart?": "the heart",
    "list the key terms on image analysis": "image analysis",
    "what are the main terms in chapter 5": "chapter 5",
    "key terms about bones": "bones",
}

NO_GLOSSARY = """
what is the definition of AI
define the term radiomics
what are the terms of service
long-term memory
explain directional terms
what are directional terms
how is the vocabulary built
what is the vocabulary of a language model
what are the terms in the equation
what are the key takeaways?
list the bones
definitions of homeostasis
"""


@pytest.mark.parametrize("question", WHOLE.strip().splitlines())
def test_the_glossary_is_asked_for_in_many_ways(question: str) -> None:
    assert glossary_subject(question) == ""


@pytest.mark.parametrize(("question", "topic"), OF_A_TOPIC.items())
def test_a_part_of_the_glossary_is_asked_for_by_its_topic(question: str, topic: str) -> None:
    assert glossary_subject(question) == topic


@pytest.mark.parametrize("question", NO_GLOSSARY.strip().splitlines())
def test_a_question_about_terms_is_not_one_for_the_glossary(question: str) -> None:
    assert glossary_subject(question) is None


@pytest.mark.parametrize("question", ["what are the key terms?", "pls list teh glossary"])
def test_the_glossary_is_listed_in_the_courses_order_a_sentence_a_term(bundled_tutor: Tutor, question: str) -> None:
    answer = bundled_tutor.ask(question)

    terms = [statement.term for statement in answer.statements]
    assert answer.status == "answered"
    assert terms[:3] == ["Artificial Intelligence", "Machine Learning", "Neural Networks"]
    assert len(terms) == len(set(terms)) == MAX_LISTED
    assert sum(len(statement.text.split()) for statement in answer.statements) < MAX_WORDS + 50
    assert all(statement.citations for statement in answer.statements)


def test_what_is_left_out_of_a_long_glossary_is_counted_and_one_click_away(bundled_tutor: Tutor) -> None:
    answer = bundled_tutor.ask("list the glossary")

    assert "16 terms" in answer.message
    assert answer.nearest[0].heading_path[-1] == "Key terms and vocabulary"


def test_the_key_terms_of_a_topic_are_those_near_it(bundled_tutor: Tutor) -> None:
    answer = bundled_tutor.ask("what are the key terms about medical imaging?")

    terms = {statement.term for statement in answer.statements}
    assert {"Image Segmentation", "Radiomics"} <= terms
    assert "Drug Discovery" not in terms


def test_the_key_terms_of_what_the_course_lacks_are_not_given(bundled_tutor: Tutor) -> None:
    assert bundled_tutor.ask("list the key terms of photosynthesis").status == "not_in_course"


def test_the_glossary_is_not_narrowed_by_what_was_talked_about(bundled_tutor: Tutor) -> None:
    history = [Turn("user", "What is radiomics?"), Turn("assistant", "Radiomics is a field of study. [1]")]

    answer = bundled_tutor.ask("what are the key terms?", history)

    assert not answer.query.is_follow_up
    assert len(answer.statements) == MAX_LISTED


@pytest.mark.parametrize("question", ["how many terms are defined", "list five terms", "name ten key terms"])
def test_a_number_of_terms_is_a_request_for_the_glossary(bundled_tutor: Tutor, question: str) -> None:
    answer = bundled_tutor.ask(question)

    assert answer.query.intent == "glossary"
    assert "defines 16 terms" in answer.message
