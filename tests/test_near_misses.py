"""Signs of a near miss: what is denied, turned round, left without an answer or never named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis import Analyzer
from tutor.answer_kinds import lacks_kind_of_answer
from tutor.near_misses import NearMiss, Surroundings, compare
from tutor.opposites import OPPOSITES

ANALYZER = Analyzer("en")
NORMANS = "In 1066 the Normans under William conquered the largest kingdom because its army was weak."


def signs(question: str, sentence: str = NORMANS) -> NearMiss:
    return compare(question, Surroundings(sentence, sentence), ANALYZER)


def test_a_question_that_denies_what_the_sentence_says_is_told() -> None:
    assert signs("Which kingdom did the Normans not conquer?").denies == 1
    assert signs("Which kingdom did the Normans conquer?").denies == 0
    assert signs("What did they not do?", "They did not return.").denies == 0


def test_a_word_turned_into_its_opposite_is_told() -> None:
    assert signs("Who conquered the smallest kingdom?").opposites == 1
    assert signs("Who conquered the largest kingdom?").opposites == 0


def test_a_name_that_the_chunk_lacks_is_counted() -> None:
    assert signs("Did the Vikings under Harald conquer it?").names_missing == 2
    assert signs("Did the Normans under William conquer it?").names_missing == 0


def test_words_in_the_sentences_own_order_speak_for_it() -> None:
    same, shuffled = signs("the Normans conquered the largest kingdom"), signs("kingdom largest the conquered Normans")

    assert same.in_order == 1.0 > shuffled.in_order
    assert same.side_by_side >= shuffled.side_by_side


@pytest.mark.parametrize(
    ("question", "sentence", "lacking"),
    [
        ("When did they conquer it?", NORMANS, False),
        ("When did they conquer it?", "The Normans conquered a kingdom.", True),
        ("What year was 1066?", "It was 1066.", True),  # the question's own number is no answer
        ("How many bones are there?", "There are 206 bones.", False),
        ("How many bones are there?", "There are three bones.", False),
        ("How many bones are there?", "There are bones.", True),
        ("Who led the army?", "The army was led by William.", False),
        ("Who led the army?", "The army was led well.", True),
        ("Why did it fall?", "It fell because its army was weak.", False),
        ("Why did it fall?", "It fell.", True),
        ("What is a bone?", "It fell.", False),  # any words may answer this
    ],
)
def test_the_kind_of_thing_that_is_asked_for_is_looked_for(question: str, sentence: str, lacking: bool) -> None:
    assert lacks_kind_of_answer(question, sentence) is lacking


@pytest.mark.parametrize("word", sorted(OPPOSITES))
def test_opposites_go_both_ways(word: str) -> None:
    assert all(word in OPPOSITES[opposite] for opposite in OPPOSITES[word])
    assert word not in OPPOSITES[word]


@given(st.text(max_size=80), st.text(max_size=200))
def test_any_two_texts_can_be_compared(question: str, sentence: str) -> None:
    found = signs(question, sentence)

    assert 0 <= found.in_order <= 1
    assert 0 <= found.side_by_side <= 1
    assert min(found.denies, found.opposites, found.lacks_answer, found.names_missing) >= 0


def plain_longest_common_subsequence(one: str, other: str) -> int:
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, a in enumerate(one, start=1):
        for j, b in enumerate(other, start=1):
            table[i][j] = table[i - 1][j - 1] + 1 if a == b else max(table[i - 1][j], table[i][j - 1])
    return table[-1][-1]


@given(st.text("abc", min_size=1), st.text("abcd"))
def test_the_words_in_order_are_those_that_the_plain_table_finds(asked: str, said: str) -> None:
    found = signs(" ".join(f"word{letter}" for letter in asked), " ".join(f"word{letter}" for letter in said))

    assert found.in_order == plain_longest_common_subsequence(asked, said) / len(asked)
