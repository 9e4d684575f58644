"""The course that ships with the tutor is faithful to its page, without the page's furniture."""

import json
import re
from pathlib import Path

import pytest
from corpus_samples import count_words

from corpus.chunking import chunk_document
from corpus.course_folder import read_course
from corpus.sentences import split_sentences
from corpus.types import Chunk, Course

BUNDLED = Path(__file__).parents[1] / "corpus" / "courses" / "deep-learning-in-medicine"
SEED_ITEMS = Path(__file__).parent / "data" / "seed-course" / "items.jsonl"
PAGE = Path(__file__).parents[2] / "shared" / "courses" / "deep-learning-in-medicine.txt"
FURNITURE = ("intake", "2026", "enrol", "£", "GBP", "price")


@pytest.fixture(scope="module")
def course() -> Course:
    return read_course(BUNDLED)


@pytest.fixture(scope="module")
def chunks(course: Course) -> list[Chunk]:
    return [
        chunk
        for document in course.documents
        for chunk in chunk_document(document, count_tokens=count_words, max_tokens=256)
    ]


def test_it_has_its_id_and_questions_to_begin_with(course: Course) -> None:
    assert course.course_id == "deep-learning-in-medicine"
    assert course.skipped == ()
    assert len(course.suggested_questions) >= 4


def test_it_has_16_definitions_7_key_takeaways_and_a_conclusion(chunks: list[Chunk]) -> None:
    kinds = [(chunk.kind, chunk.heading_path[-1]) for chunk in chunks]

    assert kinds == (
        [("passage", "Introduction")]
        + [("definition", "Key terms and vocabulary")] * 16
        + [("takeaway", "Conclusion")]
        + [("takeaway", "Key takeaways")] * 7
    )
    assert {chunk.found_by for chunk in chunks if chunk.kind == "definition"} == {"numbered_entry"}


def test_its_terms_are_known_by_their_acronyms(chunks: list[Chunk]) -> None:
    aliases = {chunk.term: chunk.aliases for chunk in chunks if chunk.aliases}

    assert aliases == {
        "Artificial Intelligence": ("AI",),
        "Neural Networks": ("Neural Network",),
        "Convolutional Neural Networks": ("CNNs", "CNN"),
        "Recurrent Neural Networks": ("RNNs", "RNN"),
        "Natural Language Processing": ("NLP",),
        "Computer-Aided Diagnosis": ("CAD",),
        "Electronic Health Records": ("EHR", "EHRs"),
        "Virtual Reality and Augmented Reality": ("Virtual Reality", "VR", "Augmented Reality", "AR"),
    }


def test_its_chunks_are_the_25_items_word_for_word(chunks: list[Chunk]) -> None:
    items = [json.loads(line)["text"] for line in SEED_ITEMS.read_text(encoding="utf-8").splitlines()]

    assert [chunk.text for chunk in chunks] == [re.sub(r"^\d+\. ", "", text) for text in items]


def test_its_entries_keep_their_numbers(course: Course) -> None:
    text = course.documents[0].text

    assert all(f"\n{number}. " in text for number in range(1, 17))


def test_the_furniture_of_the_page_is_nowhere(course: Course) -> None:
    everything = " ".join(
        [course.description, *course.suggested_questions, *(document.text for document in course.documents)]
    )

    assert not [word for word in FURNITURE if word.casefold() in everything.casefold()]
    assert course.documents[0].text.count("Deep Learning Applications in Medicine\n") == 1


@pytest.mark.shared
def test_every_sentence_of_the_page_is_in_the_course_verbatim(course: Course) -> None:
    if not PAGE.exists():
        pytest.skip(f"the original page is not here: {PAGE}")
    page = PAGE.read_text(encoding="utf-8")
    body = page[page.index("Deep learning has revolutionized") : page.index("May 2026 intake")].replace("•", "\n\n")

    sentences = [body[span.char_start : span.char_end] for span in split_sentences(body)]

    text = course.documents[0].text
    assert len(sentences) > 40
    assert [sentence for sentence in sentences if sentence not in text] == []
