"""Practice sets are made of the course's own definitions, and marked by them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutor.practice import BLANK, NoPracticeSet, SetId, mark, practice_set, without_names
from tutor.tutor import Tutor


def a_set(tutor: Tutor, seed: int = 1, n: int = 5, document_id: str = "") -> SetId:
    return SetId(tutor.index.generation, seed, n, document_id)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_each_question_hides_its_term_and_offers_it_once_among_four(bundled_tutor: Tutor, seed: int) -> None:
    for question in practice_set(bundled_tutor.index, a_set(bundled_tutor, seed, 50)):
        term = bundled_tutor.index.chunk(question.question_id).term

        assert term.casefold() not in question.text.casefold()
        assert len(set(question.choices)) == 4
        assert question.choices.count(term) == 1


def test_a_set_is_the_same_from_its_id_alone_and_another_seed_draws_another(bundled_tutor: Tutor) -> None:
    first = practice_set(bundled_tutor.index, a_set(bundled_tutor))

    assert practice_set(bundled_tutor.index, SetId.parse(str(a_set(bundled_tutor)))) == first
    assert practice_set(bundled_tutor.index, a_set(bundled_tutor, seed=2)) != first
    assert len(first) == 5


def test_what_is_marked_cites_the_definition_that_settles_it(bundled_tutor: Tutor) -> None:
    index, set_id = bundled_tutor.index, a_set(bundled_tutor)
    questions = practice_set(index, set_id)
    right = {question.question_id: index.chunk(question.question_id).term for question in questions}
    wrong_id = questions[0].question_id

    marked = mark(index, set_id, {**right, wrong_id: "nonsense", "unknown": "x"})

    assert [each.correct for each in marked] == [False, True, True, True, True]
    assert [each.citation.marker for each in marked] == [1, 2, 3, 4, 5]
    for each in marked:
        document = index.documents[each.citation.document_id]
        assert document.text[each.citation.char_start : each.citation.char_end] == each.citation.quote
        assert each.term.casefold() in each.citation.quote.casefold()
    assert not any(each.correct for each in mark(index, set_id, {}))


@pytest.mark.parametrize("text", ["", "x", "g.1", "g.one.5.", "g.1.5000.", "../x.1.5.", f"g.1.5.{'x' * 600}"])
def test_what_is_no_id_is_refused_in_words(text: str) -> None:
    with pytest.raises(NoPracticeSet, match="ask for a new set"):
        SetId.parse(text)


def test_a_set_of_another_text_is_never_marked(bundled_tutor: Tutor) -> None:
    with pytest.raises(NoPracticeSet, match="has changed"):
        mark(bundled_tutor.index, SetId("0123456789abcdef", 1, 5), {})
    with pytest.raises(NoPracticeSet):
        practice_set(bundled_tutor.index, a_set(bundled_tutor, document_id="no-such-document"))


@pytest.mark.parametrize(
    ("text", "names", "left"),
    [
        ("acne: skin condition due to infected glands", ["acne"], "skin condition due to infected glands"),
        ("CNNs (networks) are used. A CNN sees.", ["CNN"], f"{BLANK} (networks) are used. A {BLANK} sees."),
        ("Transfer-learning is reuse; transfer  learning helps.", ["transfer learning"],
         f"{BLANK} is reuse; {BLANK} helps."),
        ("The heartbeat of the heart", ["heart"], f"The heartbeat of the {BLANK}"),
    ],
)  # fmt: skip
def test_every_spelling_of_a_name_is_left_blank(text: str, names: list[str], left: str) -> None:
    assert without_names(text, names) == left
