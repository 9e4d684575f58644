"""What to ask next is near the answer, new, and known to be answered."""

import threading
import time

import pytest

from index.mask import Mask
from tutor.records.next_questions import MAX_SUGGESTIONS, NextQuestions
from tutor.records.suggesting import Suggester
from tutor.tutor import Tutor


@pytest.fixture(scope="module")
def known(bundled_tutor: Tutor) -> NextQuestions:
    known = NextQuestions(bundled_tutor)
    for question in known.all_terms():
        known.check(question)
    return known


@pytest.mark.parametrize("question", ["What is radiomics?", "CNN vs RNN", "What are the key takeaways?", "explain CAD"])
def test_every_suggestion_is_answered_and_not_what_was_asked(
    bundled_tutor: Tutor, known: NextQuestions, question: str
) -> None:
    answer = bundled_tutor.ask(question)
    near = known.near(answer)
    for unchecked in known.unchecked(near):
        known.check(unchecked)

    suggestions = known.answered(near)

    assert 0 < len(suggestions) <= MAX_SUGGESTIONS
    assert len(set(suggestions)) == len(suggestions)
    for suggestion in suggestions:
        again = bundled_tutor.ask(suggestion)
        assert again.status == "answered", suggestion
        assert (again.query.terms, again.query.intent) != (answer.query.terms, answer.query.intent)


def test_what_nobody_has_checked_is_not_suggested(bundled_tutor: Tutor) -> None:
    fresh = NextQuestions(bundled_tutor)
    near = fresh.near(bundled_tutor.ask("What is radiomics?"))

    assert fresh.answered(near) == ()
    assert fresh.unchecked(near) == near


def test_a_hidden_definition_is_not_suggested(bundled_tutor: Tutor) -> None:
    hidden = frozenset(c.chunk_id for c in bundled_tutor.index.chunks if c.term.startswith("Radiomics"))
    masked = NextQuestions(Tutor(bundled_tutor.index.without(Mask(chunk_ids=hidden))))

    assert hidden
    assert not [question for question in masked.all_terms() if "radiomics" in question.lower()]


def test_plural_terms_are_asked_for_in_the_plural(known: NextQuestions) -> None:
    questions = set(known.all_terms())

    assert "What are Neural Networks?" in questions
    assert "What is Radiomics?" in questions


def test_no_question_sets_side_by_side_what_is_two_things_already(known: NextQuestions) -> None:
    assert not [question for question in known.all_terms() if question.count(" and ") > 1]


def test_suggestions_come_in_the_background_and_no_answer_waits_for_them(bundled_tutor: Tutor) -> None:
    suggester = Suggester()
    answer = bundled_tutor.ask("What is radiomics?")

    assert suggester.after(answer, bundled_tutor) == (), "nobody has found out yet"
    give_up, seen = time.monotonic() + 60, ()
    while not seen and time.monotonic() < give_up:
        threading.Event().wait(0.02)
        seen = suggester.after(answer, bundled_tutor)
    suggester.close()

    assert seen
