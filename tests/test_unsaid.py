"""What an answer leaves out is named: a date, a person, a number, an example, a word, a compared thing."""

import pytest
from factories import make_chunk, make_evidence
from hypothesis import given
from hypothesis import strategies as st
from understood_courses import medicine_course

from tutor.evidence import Evidence
from tutor.tutor import Tutor
from tutor.types import Query
from tutor.understanding.understand import understand
from tutor.unsaid import Unsaid, about_the_rest, find_unsaid

NETWORKS = make_chunk("Neural Networks are a set of algorithms.", kind="definition", term="Neural Networks")


def understood(question: str) -> Query:
    return understand(question, (), medicine_course())


def unsaid(question: str, *sentences: str) -> Unsaid:
    chunk = make_chunk(*sentences) if sentences else NETWORKS
    return find_unsaid(understood(question), make_evidence(chunk), medicine_course())


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("when was AI first used?", "says when"),
        ("what year did deep learning begin", "says when"),
        ("who developed neural networks?", "says who"),
        ("who is the father of deep learning", "says who"),
        ("which company developed neural networks", "says who"),
        ("where were neural networks developed", "says where"),
        ("how many layers does a neural network have", "says how many"),
        ("give me an example of neural networks", "is given as an example"),
    ],
)
def test_the_kind_of_answer_that_a_definition_does_not_give_is_named(question: str, kind: str) -> None:
    assert unsaid(question).kind == kind


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("when was AI first used?", "AI was first used in 1956."),
        ("when was AI first used?", "AI came up in the last century."),
        ("who developed neural networks?", "In the end it was Warren McCulloch who thought of such networks."),
        ("who developed neural networks?", "McCulloch developed neural networks."),
        ("how many layers does a neural network have", "A neural network has three layers."),
        ("how many layers does a neural network have", "It has an input layer, hidden layers, and an output layer."),
        ("give me an example of neural networks", "Neural networks include convolutional ones."),
        ("when is a neural network useful?", "A neural network is useful."),  # a condition is asked for, no date
        ("who uses neural networks?", "Neural networks are used by researchers."),
        ("how long short-term memory works", "It has gates."),
    ],
)
def test_nothing_is_missed_where_the_kind_of_answer_is_there_or_cannot_be_told(question: str, sentence: str) -> None:
    assert unsaid(question, sentence).kind == ""


def test_names_and_numbers_of_other_things_in_the_chunk_do_not_answer() -> None:
    other = "In Chicago, Warren McCulloch had three cats."

    assert unsaid("who developed neural networks?", "Neural networks learn.", other).kind == "says who"
    assert unsaid("how many layers has a neural network", "Neural networks learn.", other).kind == "says how many"


def test_a_sentence_that_points_back_at_the_one_before_is_heard_too() -> None:
    before, after = "Neural networks learn.", "They go back to Warren McCulloch."

    assert unsaid("who developed neural networks?", before, after).kind == ""


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("can neural networks replace doctors?", ("replace", "doctors")),
        ("what is the price of neural networks", ("price",)),
        ("what are neural networks", ()),  # nothing is left beside the term
        ("do neural networks recognize doctors", ()),  # the course does say something of recognising
        ("doctors", ()),  # no term: the refusal judges that
    ],
)
def test_words_that_the_course_never_uses_are_named_when_no_others_are_left(
    question: str, words: tuple[str, ...]
) -> None:
    assert unsaid(question).words == words


def test_a_word_of_the_same_root_is_not_missed() -> None:
    assert not unsaid("how is radiomics used in surgery", "Radiomics helps surgeons.")


@given(st.text(max_size=80))
def test_whatever_is_asked_nothing_is_said_to_be_missing_of_the_whole_courses_takeaways(rest: str) -> None:
    query = Query(rest, rest, "takeaways")

    assert not find_unsaid(query, make_evidence(NETWORKS), medicine_course())


def test_the_rest_is_the_definition_of_what_the_question_names() -> None:
    other = make_chunk("Deep learning has revolutionized industries.", start=500)
    ranking = make_evidence(other, NETWORKS)

    shown = about_the_rest(understood("who developed neural networks?"), ranking[:1], Evidence(ranking))

    assert [item.chunk for item in shown] == [NETWORKS]


@pytest.mark.parametrize("question", ["when was AI invented?", "who invented deep learning?", "can AI replace doctors"])
def test_what_the_course_does_not_say_of_its_own_term_is_answered_partly(bundled_tutor: Tutor, question: str) -> None:
    answer = bundled_tutor.ask(question)

    assert answer.status == "partly"
    assert {statement.term for statement in answer.statements} <= set(answer.query.terms)


def test_one_unknown_word_is_enough_to_miss_a_compared_thing(bundled_tutor: Tutor) -> None:
    answer = bundled_tutor.ask("difference between deep learning and reinforcement learning")

    assert answer.status == "partly"
    assert "does not cover “reinforcement learning”" in answer.message
    assert {statement.term for statement in answer.statements} == {"Deep Learning"}


def test_a_comparison_of_things_that_are_all_missing_is_refused(bundled_tutor: Tutor) -> None:
    answer = bundled_tutor.ask("reinforcement learning vs gradient boosting")

    assert answer.status == "not_in_course"
    assert "“reinforcement”" in answer.message


@pytest.mark.parametrize(
    ("question", "named"),
    [("how does a U-Net do segmentation", "“U-Net”"), ("explain backpropagation", "“backpropagation”")],
)
def test_a_refusal_names_what_the_course_never_mentions(bundled_tutor: Tutor, question: str, named: str) -> None:
    assert f"does not mention {named}" in bundled_tutor.ask(question).message
