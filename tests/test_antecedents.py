"""A sentence that points back at the one before is shown with it."""

import pytest
from factories import make_chunk

from tutor.antecedents import points_back, sentence_of, with_antecedents
from tutor.takeaway_topics import TakeawayTopics
from tutor.tutor import Tutor
from tutor.types import Turn

STARS = make_chunk("Stars fuse hydrogen.", "This makes heat.", "However, it escapes.", "So it cools.", "Dwarfs differ.")


@pytest.mark.parametrize("sentence", ["They mimic it.", "However, not always.", "This is so.", "For example, bees."])
def test_some_sentences_lean_on_the_one_before(sentence: str) -> None:
    assert points_back(sentence)


@pytest.mark.parametrize("sentence", ["Theory matters.", "Items differ.", "Stars shine.", "Thisbe is a bee."])
def test_others_stand_by_themselves(sentence: str) -> None:
    assert not points_back(sentence)


@pytest.mark.parametrize(("place", "first"), [(0, 0), (1, 0), (2, 0), (3, 1), (4, 4)])
def test_at_most_two_sentences_are_taken_along(place: int, first: int) -> None:
    run = with_antecedents(STARS, STARS.sentences[place : place + 1], STARS.sentences)

    assert run == STARS.sentences[first : place + 1]


def test_a_takeaway_that_repeats_a_definitions_second_sentence_points_at_its_first() -> None:
    definition = make_chunk("Nets are algorithms.", "They mimic the brain.", kind="definition", term="Nets")
    takeaway = make_chunk("They mimic the brain.", kind="takeaway", start=500)

    antecedent = TakeawayTopics.of_course((definition, takeaway)).antecedents[takeaway.chunk_id]

    assert sentence_of(*antecedent) == "Nets are algorithms."


def test_whom_a_takeaway_means_is_said_before_it(bundled_tutor: Tutor) -> None:
    first, second = bundled_tutor.ask("what is the fourth takeaway").statements

    assert first.text.startswith("Neural Networks are a set of algorithms")
    assert second.text.startswith("They mimic the way the human brain operates")


def test_one_takeaway_is_shown_when_one_is_asked_for_and_the_next_by_a_follow_up(bundled_tutor: Tutor) -> None:
    first = bundled_tutor.ask("what is the first takeaway")
    history = (Turn("user", "what is the first takeaway"), Turn("assistant", first.statements[0].text))

    second = bundled_tutor.ask("and the second one?", history)

    assert [s.text for s in first.statements] == [bundled_tutor.ask("list the takeaways").statements[0].text]
    assert [s.text for s in second.statements] == [bundled_tutor.ask("list the takeaways").statements[1].text]
    assert first.message == "The course lists 7 key takeaways."
