"""Typing errors are mended against the course's own words; everything else is left alone."""

import json
import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from understood_courses import anatomy_course, medicine_course, question_set

from index.glossary import named_words
from tutor.types import Correction
from tutor.understanding.edits import edit_cost


def mended(text: str) -> str:
    return medicine_course().speller.mend(text).text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("natral langauge procesing", "natural language processing"),
        ("artifical inteligence", "artificial intelligence"),
        ("convultional neural netwroks", "convolutional neural networks"),
        ("imagee segmantation", "image segmentation"),
        ("computer adied diagnosis", "computer aided diagnosis"),
        ("computer-adied diagnosis", "computer-aided diagnosis"),
        ("virtaul realty for surgeons", "virtual reality for surgeons"),
        ("reccurent nueral netwrok", "recurrent neural network"),
        ("electronic helth recrods", "electronic health records"),
        ("precison medcine", "precision medicine"),
        ("drug discvoery", "drug discovery"),
        ("explian tranfer lerning", "explain transfer learning"),
        ("augmnted reallity", "augmented reality"),
        ("key takaways", "key takeaways"),
        ("waht is the diffrence betwen them", "what is the difference between them"),
        ("What is Radiomcis?", "What is radiomics?"),
        ("WHAT IS RADIOMCIS", "WHAT IS radiomics"),
        ("radiomcis's use", "radiomics's use"),
        ("machine leaning", "machine learning"),
        ("neutral networks", "neural networks"),
        ("neuralnetworks", "neural networks"),
        ("what is a tumour", "what is a tumor"),
        ("how do surgeons practise", "how do surgeons practice"),
    ],
)
def test_a_typing_error_is_read_as_the_course_writes_it(typed: str, meant: str) -> None:
    assert mended(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "what is reinforcement learning",
        "what is federated learning",
        "explain photosynthesis",
        "what is dropout regularisation",
        "what is a GAN and what is a gan",
        "how does backpropagation work",
        "who is Geoffrey Hinton",
        "how does a U-Net do segmentation",
        "what is unsupervised learning",
        "what is a support vector machine",
        "metformin and ibuprofen",
        "blockchain in healthcare",
        "what is ChatGPT",
        "how do I enrol",
        "what caused world war 1",
        "blorptastic neuro-wibble of the flurm",
        "asdfgh jkl qwe",
        "pls whats dl tmrw",
        "image segmentations and diagnoses",
        "¿qué es la radiómica?",
        "",
    ],
)
def test_a_word_the_course_merely_lacks_is_left_alone(typed: str) -> None:
    assert mended(typed) == typed


def test_what_was_mended_is_told_as_it_was_written() -> None:
    assert medicine_course().speller.mend("Natral language").corrections == (Correction("Natral", "natural"),)


@given(st.lists(st.sampled_from(sorted(medicine_course().speller.vocabulary)), max_size=12))
def test_words_of_the_course_are_never_mended(words: list[str]) -> None:
    text = " ".join(words)

    assert mended(text) == text


@settings(max_examples=50)
@given(st.text(max_size=200))
def test_any_text_can_be_mended(text: str) -> None:
    result = medicine_course().speller.mend(text)

    assert (result.text == text) == (not result.corrections)


@given(st.text("abcdefgh", max_size=12), st.text("abcdefgh", max_size=12))
def test_the_cost_of_slips_is_zero_for_the_same_word_only(one: str, other: str) -> None:
    assert (edit_cost(one, other) == 0) == (one == other)


def test_likely_slips_cost_less_than_unlikely_ones() -> None:
    swapped = edit_cost("nueron", "neuron")
    doubled = edit_cost("neurron", "neuron")
    neighbouring_key = edit_cost("neurin", "neuron")
    any_other = edit_cost("neupon", "neuron")

    assert max(swapped, doubled, neighbouring_key) < any_other < edit_cost("xeuron", "neuron")


@pytest.mark.shared
def test_the_typing_errors_of_a_textbooks_questions_are_mended() -> None:
    knowledge = anatomy_course()
    missed = [
        text for text in questions_of_kind("def-typo") if not knowledge.terms_in(knowledge.speller.mend(text).text)
    ]

    assert missed == []


@pytest.mark.shared
def test_well_written_questions_on_a_textbook_stay_as_they_are() -> None:
    speller = anatomy_course().speller
    texts = [text for kind in ("critical-thinking", "mc-question", "def-trivial") for text in questions_of_kind(kind)]
    changed = [text for text in texts if speller.mend(text).corrections]

    assert len(changed) <= len(texts) // 200, changed


@pytest.mark.shared
def test_one_slip_in_a_term_of_a_textbook_is_nearly_always_mended() -> None:
    knowledge = anatomy_course()
    trials = list(terms_with_a_slip(400))
    right = sum(
        [word.lower() for word in named_words(knowledge.speller.mend(typed).text)]
        == [word.lower() for word in named_words(meant)]
        for typed, meant in trials
    )

    assert right >= 0.93 * len(trials)


def questions_of_kind(kind: str) -> list[str]:
    lines = (question_set("openstax-anatomy") / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    return [row["text"] for row in map(json.loads, lines) if row["kind"] == kind]


def terms_with_a_slip(n: int) -> Iterator[tuple[str, str]]:
    """Terms with one letter left out, doubled, swapped or wrong, in a word the course does not know afterwards."""
    knowledge = anatomy_course()
    chance = random.Random(7)
    terms = [entry.term for entry in knowledge.glossary.entries if entry.term.isascii()]
    found = 0
    while found < n:
        term = chance.choice(terms)
        word = chance.choice(term.split())
        if len(word) < 6 or not word.isalpha():
            continue
        place = chance.randrange(1, len(word) - 1)
        slip = chance.choice(
            [
                word[:place] + word[place + 1 :],
                word[:place] + word[place] + word[place:],
                word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
                word[:place] + chance.choice("aeiourstln") + word[place + 1 :],
            ]
        )
        if not knowledge.knows(slip.lower()):
            found += 1
            yield term.replace(word, slip), term
