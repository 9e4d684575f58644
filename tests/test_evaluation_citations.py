"""Scores of citations: all that should be cited, only what should be, word for word."""

from dataclasses import replace

import pytest
from evaluation_samples import make_answer, make_citation, make_document, make_observation
from hypothesis import given
from hypothesis import strategies as st

from tutor.evaluation.citation_scores import citation_recall, score_citations, verbatim_statements
from tutor.evaluation.question_set import Match, Question

STARS = make_document("stars", "Stars fuse hydrogen. They shine for billions of years. Some explode.")
TAKEAWAY = make_document("takeaway", "Key takeaway: Stars fuse hydrogen.")
DOCUMENTS = {"stars": STARS, "takeaway": TAKEAWAY}
TEXTS = {document_id: document.text for document_id, document in DOCUMENTS.items()} | {"other": "Planets do not shine."}
WHOLE = "Stars fuse hydrogen. They shine for billions of years."
CITED = make_citation(1, STARS, WHOLE)


def question(*gold: str, also_ok: tuple[str, ...] = (), match: Match = "any") -> Question:
    return Question("q", "?", "kind", relevance=dict.fromkeys(gold, 1), gold=gold, also_ok=also_ok, match=match)


def test_one_accepted_item_is_enough_where_any_will_do() -> None:
    asked = question("stars", "planets", also_ok=("takeaway",))

    assert citation_recall(asked, frozenset({"takeaway"}), TEXTS) == 1.0
    assert citation_recall(asked, frozenset({"elsewhere"}), TEXTS) == 0.0


def test_where_all_is_needed_each_missing_item_costs_its_share() -> None:
    asked = question("stars", "planets", match="all")

    assert citation_recall(asked, frozenset({"stars"}), TEXTS) == 0.5


def test_an_accepted_item_stands_for_the_gold_item_whose_sentence_it_says_and_for_no_other() -> None:
    texts = {
        "stars": "Stars fuse hydrogen. They shine.",
        "planets": "Planets do not shine.",
        "takeaway": "Stars fuse hydrogen",
    }
    asked = question("stars", "planets", also_ok=("takeaway",), match="all")

    assert citation_recall(asked, frozenset({"takeaway"}), texts) == 0.5
    assert citation_recall(asked, frozenset({"takeaway", "planets"}), texts) == 1.0


def test_statements_found_in_their_cited_spans_are_verbatim() -> None:
    answer = make_answer(
        [(WHOLE, (1,)), ("Stars fuse hydrogen.", (1, 2))], [CITED, make_citation(2, TAKEAWAY, TAKEAWAY.text)]
    )

    assert verbatim_statements(answer, DOCUMENTS) == (True, True)


@given(st.integers(0, len(WHOLE) - 1), st.characters(categories=["Ll", "Nd"]))
def test_a_single_changed_character_is_not_verbatim(position: int, character: str) -> None:
    if WHOLE[position] == character:
        return
    changed = WHOLE[:position] + character + WHOLE[position + 1 :]

    assert verbatim_statements(make_answer([(changed, (1,))], [CITED]), DOCUMENTS) == (False,)


@pytest.mark.parametrize("shift", [-1, 1])
def test_a_quote_that_does_not_stand_at_its_span_holds_nothing(shift: int) -> None:
    moved = replace(CITED, char_start=CITED.char_start + shift, char_end=CITED.char_end + shift)

    assert verbatim_statements(make_answer([(WHOLE, (1,))], [moved]), DOCUMENTS) == (False,)


def test_a_statement_needs_a_citation_of_its_own_document() -> None:
    uncited = make_answer([(WHOLE, ())], [CITED])
    dangling = make_answer([(WHOLE, (1, 7))], [CITED])

    assert verbatim_statements(uncited, DOCUMENTS) == (False,)
    assert verbatim_statements(dangling, DOCUMENTS) == (False,)
    assert verbatim_statements(make_answer([(WHOLE, (1,))], [CITED]), {}) == (False,)


def test_precision_is_over_all_cited_chunks_of_questions_in_scope() -> None:
    both = [CITED, make_citation(2, TAKEAWAY, TAKEAWAY.text)]
    right = make_observation(question("stars"), make_answer([(WHOLE, (1,))], [CITED]))
    half = make_observation(question("stars"), make_answer([(WHOLE, (1,)), ("Stars fuse hydrogen.", (2,))], both))
    outside = make_observation(Question("oos", "?", "oos"), make_answer([(WHOLE, (1,))], [CITED]))

    scores = score_citations([right, half, outside], "document", TEXTS, DOCUMENTS)

    assert scores.precision == pytest.approx(2 / 3)
    assert (scores.recall, scores.verbatim, scores.n_cited, scores.n_statements) == (1.0, 1.0, 3, 4)


def test_a_refused_question_in_scope_has_nothing_recalled() -> None:
    scores = score_citations([make_observation(question("stars"), make_answer())], "document", TEXTS, DOCUMENTS)

    assert (scores.recall, scores.precision, scores.verbatim) == (0.0, None, None)
