"""A verified answer is shown word for word as the course has it, or not at all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verified_samples import NOW, STARS, index_of, verify

from index.mask import Mask
from tutor.errors import SpanOutOfRange, UnknownDocument
from tutor.records.anchoring import anchor
from tutor.records.errors import NotVerifiable
from tutor.records.verified_answers import in_its_place, make_verified
from tutor.tutor import Tutor

GIANT, NEBULA = STARS[1], STARS[3]

paragraphs = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30),
                      max_size=4)  # fmt: skip


def test_it_takes_the_place_of_the_tutors_own_answer_with_a_mark() -> None:
    index = index_of()
    record = verify(index, "What is a red giant?", GIANT, NEBULA)

    answer = in_its_place(Tutor(index).ask("What is a red giant?"), record, index)

    assert answer is not None
    assert answer.verified is not None
    assert (answer.verified.verified_id, answer.verified.at) == (record.verified_id, NOW)
    assert [statement.text for statement in answer.statements] == [GIANT, NEBULA]
    assert [citation.quote for citation in answer.citations] == [GIANT, NEBULA]
    assert (answer.status, answer.message) == ("answered", "")


def test_a_verified_refusal_shows_nothing_whatever_the_tutor_would_say() -> None:
    index = index_of()
    record = verify(index, "Who discovered nebulae?")

    answer = in_its_place(Tutor(index).ask("What is a nebula?"), record, index)

    assert answer is not None
    assert (answer.status, answer.statements, answer.citations) == ("not_in_course", (), ())
    assert answer.message
    assert answer.verified is not None


@settings(max_examples=60)
@given(before=paragraphs, after=paragraphs)
def test_it_moves_with_its_words_wherever_they_go(before: list[str], after: list[str]) -> None:
    record = verify(index_of(), "What is a red giant?", GIANT)
    changed = index_of(*before, GIANT, *after)

    answer = in_its_place(Tutor(changed).ask("What is a red giant?"), record, changed)

    assert answer is not None
    [citation] = answer.citations
    assert changed.documents["lesson"].text[citation.char_start : citation.char_end] == citation.quote == GIANT


@pytest.mark.parametrize(
    "now",
    [GIANT.replace("large", "huge"), GIANT.replace("cool", "c\u0301ool"), GIANT.upper(), GIANT.replace(" ", "\u00a0")],
)
def test_words_that_changed_are_not_shown(now: str) -> None:
    record = verify(index_of(), "What is a red giant?", GIANT)
    changed = index_of(STARS[0], now, NEBULA)

    assert in_its_place(Tutor(changed).ask("What is a red giant?"), record, changed) is None


def test_an_answer_that_lost_one_of_its_statements_is_not_shown_either() -> None:
    record = verify(index_of(), "What is a red giant?", GIANT, NEBULA)
    changed = index_of(STARS[0], NEBULA)

    assert in_its_place(Tutor(changed).ask("What is a red giant?"), record, changed) is None


def test_the_nearest_of_several_places_is_taken() -> None:
    record = verify(index_of(), "What is a red giant?", GIANT)
    twice = index_of(GIANT, *STARS[2:], *STARS[2:], GIANT, STARS[0])

    found = anchor(record.statements[0].spans[0], twice)

    assert found is not None
    assert found.char_start == 0


def test_words_in_a_hidden_passage_are_not_shown() -> None:
    index = index_of()
    record = verify(index, "What is a red giant?", GIANT)
    hiding = index.without(Mask(chunk_ids=frozenset({record.statements[0].spans[0].chunk_id})))

    assert in_its_place(Tutor(hiding).ask("What is a red giant?"), record, hiding) is None


def test_a_span_over_several_passages_is_cited_as_one() -> None:
    index = index_of()
    start = index.documents["lesson"].text.index(GIANT)
    end = index.documents["lesson"].text.index(NEBULA) + len(NEBULA)
    record = make_verified(
        Tutor(index), question="What is a red giant?", status="answered", statements=[[("lesson", start, end)]],
        created_by="bob", at=NOW,
    )  # fmt: skip

    answer = in_its_place(Tutor(index).ask("What is a red giant?"), record, index)

    assert answer is not None
    assert answer.citations[0].quote == index.documents["lesson"].text[start:end]


@pytest.mark.parametrize(
    ("question", "status", "statements", "error"),
    [
        ("hello", "answered", [[("lesson", 0, 5)]], NotVerifiable),
        ("What is a star?", "answered", [], NotVerifiable),
        ("What is a star?", "not_in_course", [[("lesson", 0, 5)]], NotVerifiable),
        ("What is a star?", "answered", [[("elsewhere", 0, 5)]], UnknownDocument),
        ("What is a star?", "answered", [[("lesson", 5, 5)]], SpanOutOfRange),
        ("What is a star?", "answered", [[("lesson", 5, 4)]], SpanOutOfRange),
        ("What is a star?", "answered", [[("lesson", 0, 10_000)]], SpanOutOfRange),
        ("What is a star?", "answered", [[("lesson", len(STARS[0]), len(STARS[0]) + 2)]], SpanOutOfRange),
    ],
)
def test_what_is_no_answer_to_a_question_of_the_course_cannot_be_verified(
    question: str, status: str, statements: list[list[tuple[str, int, int]]], error: type[Exception]
) -> None:
    with pytest.raises(error):
        make_verified(
            Tutor(index_of()), question=question, status=status, statements=statements, created_by="bob", at=NOW  # type: ignore[arg-type]
        )  # fmt: skip
