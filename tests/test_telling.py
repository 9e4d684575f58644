"""How well a sentence answers by its form."""

import pytest
from factories import make_chunk, make_evidence

from corpus.types import Block, Document
from index.analysis import Analyzer
from index.vocabulary import build_vocabulary
from tutor.composing import Wording, compose
from tutor.relevance import SentenceRelevance
from tutor.telling import ANNOUNCES, DEFINES, POINTS_BACK, UNFIT, Blocks, Telling
from tutor.types import Query

PROSE = "Dropout zeroes some units.\n\n"
CODE = "def dropout(X): return X"


def document() -> Document:
    blocks = (Block("paragraph", 0, len(PROSE) - 2), Block("code", len(PROSE), len(PROSE) + len(CODE)))
    return Document("nets", "nets", "Nets", PROSE + CODE, (), blocks, "nets.md", "")


def telling(question: str = "what is dropout", subject: str = "dropout") -> Telling:
    return Telling(Query(question, question, "define", subject=subject), Blocks.of([document()]))


@pytest.mark.parametrize(
    "sentence",
    [
        "Dropout is a technique.",
        "In short, dropout means zeroing units.",
        "The classical dropout (Srivastava, 2014) refers to zeroing units.",
        "This is called dropout.",
        "Dropouts are many.",
    ],
)
def test_a_sentence_that_defines_what_is_asked_about_is_sought(sentence: str) -> None:
    assert telling().of(sentence, "nets", 0) == DEFINES


@pytest.mark.parametrize(
    "sentence",
    [
        "Now let's implement dropout from scratch.",
        "In this section, we will introduce dropout and more.",
        "You will learn all about dropout in the end.",
        "The properties of dropout that matter most are these:",
        "But what is it that makes dropout work?",
        "Dropout rates",
        "Effects of dropout on two nets",
    ],
)
def test_a_sentence_that_announces_asks_or_only_names_tells_nothing(sentence: str) -> None:
    assert telling().of(sentence, "nets", 0) == ANNOUNCES


def test_a_sentence_that_points_back_tells_a_little_less() -> None:
    assert telling().of("It zeroes some of the units of a layer.", "nets", 0) == POINTS_BACK


def test_an_item_of_a_list_needs_no_full_stop_when_a_list_is_asked_for() -> None:
    query = Query("list the layers", "list the layers", "list")

    assert Telling(query, Blocks.of(())).of("hidden layers of a net", "nets", 0) == 0.0


def test_code_is_for_those_who_ask_for_code() -> None:
    assert telling().of(CODE, "nets", len(PROSE)) == UNFIT
    assert telling("show me the code for dropout", "").of(CODE, "nets", len(PROSE)) == DEFINES
    assert telling().of(PROSE.strip(), "nets", 0) == 0.0


def drafts(question: str, subject: str, *sentences: str) -> list[str]:
    query = Query(question, question, "define" if subject else "explain", subject=subject)
    chunks = [make_chunk(sentence, start=500 * place) for place, sentence in enumerate(sentences)]
    relevance = SentenceRelevance(question, build_vocabulary(sentences), Analyzer("en"))
    composed = compose(query, make_evidence(*chunks), Wording(relevance, Telling(query, Blocks.of(()))))
    return [draft.passage.text for draft in composed]


def test_what_defines_is_said_before_what_only_mentions_and_announcements_are_left_out() -> None:
    mentions, announces = "We train it with dropout on images.", "Next, we will look at dropout."
    defines = "Dropout is a way to train nets."

    assert drafts("what is dropout", "dropout", mentions, announces, defines) == [defines, mentions]


def test_the_best_of_the_evidence_stays_however_it_is_worded() -> None:
    announces = "Next, we will look at dropout."

    assert drafts("what is dropout", "dropout", announces) == [announces]


def test_the_sentence_that_holds_clearly_more_of_the_question_leads() -> None:
    other, answers = "Bile is stored.", "The liver makes bile and more."

    assert drafts("does the liver make bile", "", other, answers)[0] == answers
