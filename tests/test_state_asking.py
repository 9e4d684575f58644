"""What is kept of questions comes back as it was given, page by page, and only to its own course."""

from dataclasses import replace
from datetime import timedelta

import pytest
from asking_samples import MORNING, asked, judged, verified

from tutor.state import curation, feedback, questions
from tutor.state import verified as verified_answers
from tutor.state.curation import Alias, HiddenPassage
from tutor.state.database import Database
from tutor.state.questions import Filter, Sort

pytest_plugins = ["postgres_server"]


def ids(found: tuple[questions.ListedQuestion, ...] | None) -> list[str]:
    assert found is not None
    return [one.record.answer_id for one in found]


def test_a_question_comes_back_with_its_receipt_as_it_was_kept(database: Database) -> None:
    one = asked("a1", spans=2)

    with database.writing() as connection:
        questions.add(connection, [one])

    with database.reading() as connection:
        assert questions.find(connection, "stars", "a1") == one.record
        assert questions.receipt(connection, "stars", "a1") == one.receipt
        assert questions.cited_since(connection, "stars", MORNING) == one.spans
        assert questions.find(connection, "cells", "a1") is None
        assert questions.receipt(connection, "cells", "a1") is None


@pytest.mark.parametrize(
    ("sort", "order"),
    [("newest", "cba"), ("oldest", "abc"), ("least_sure", "bca"), ("surest", "acb"), ("slowest", "cba")],
)
def test_every_order_can_be_read_page_by_page_without_a_gap_or_a_repeat(
    database: Database, sort: Sort, order: str
) -> None:
    with database.writing() as connection:
        questions.add(
            connection,
            [
                asked("a", minute=0, confidence=0.9, total_ms=1.0),
                asked("b", minute=1, confidence=0.2, total_ms=1.0),
                asked("c", minute=2, confidence=0.2, total_ms=2.0),
                asked("d", course_id="cells"),
            ],
        )

    with database.reading() as connection:
        seen: list[str] = []
        while page := ids(
            questions.listed(connection, "stars", Filter(), sort=sort, after="".join(seen[-1:]), limit=1)
        ):
            seen += page

    assert "".join(seen) == order


def test_a_page_after_a_question_of_another_course_is_no_page(database: Database) -> None:
    with database.writing() as connection:
        questions.add(connection, [asked("a"), asked("d", course_id="cells")])

        assert questions.listed(connection, "stars", Filter(), after="d") is None


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(status="not_in_course"), "b"),
        (Filter(max_confidence=0.5), "b"),
        (Filter(search="GIANT"), "b"),
        (Filter(search="100%"), ""),
        (Filter(since=MORNING + timedelta(minutes=1)), "bc"),
        (Filter(until=MORNING + timedelta(minutes=1)), "a"),
        (Filter(verdict="any"), "ac"),
        (Filter(verdict="wrong_source"), "a"),
        (Filter(verdict="open"), "a"),
    ],
)
def test_questions_are_found_by_what_became_of_them(database: Database, wanted: Filter, found: str) -> None:
    with database.writing() as connection:
        questions.add(
            connection,
            [
                asked("a", minute=0),
                asked("b", minute=1, status="not_in_course", confidence=0.1, question="and a red giant?"),
                asked("c", minute=2),
            ],
        )
        feedback.put(connection, judged("a", verdict="wrong_source", marker=1))
        feedback.put(connection, judged("c", verdict="up"))

    with database.reading() as connection:
        assert "".join(ids(questions.listed(connection, "stars", wanted, sort="oldest"))) == found


def test_the_last_judgement_of_a_person_counts_and_can_be_taken_back(database: Database) -> None:
    with database.writing() as connection:
        questions.add(connection, [asked("a")])
        feedback.put(connection, judged("a", verdict="up"))
        feedback.put(connection, judged("a", verdict="missing", comment="black holes?"))
        feedback.put(connection, judged("a", person_id="bob", verdict="up"))

        said = {one.person_id: one.verdict for one in feedback.of_answers(connection, "stars", ["a"])}
        assert said == {"ada": "missing", "bob": "up"}
        assert feedback.take_back(connection, "stars", "a", "ada")
        assert not feedback.take_back(connection, "stars", "a", "ada")


def test_a_judgement_is_dealt_with_once(database: Database) -> None:
    with database.writing() as connection:
        questions.add(connection, [asked("a")])
        feedback.put(connection, judged("a"))

        assert feedback.resolve(connection, "stars", "a", MORNING) == 1
        assert feedback.resolve(connection, "stars", "a", MORNING) == 0
        assert ids(questions.listed(connection, "stars", Filter(verdict="open"))) == []


def test_a_verified_answer_is_found_by_its_key_while_it_is_active(database: Database) -> None:
    one = verified()
    with database.writing() as connection:
        verified_answers.add(connection, one)

        assert verified_answers.find(connection, "stars", "v1") == one
        assert verified_answers.by_key(connection, "stars", "k1") == one
        assert verified_answers.by_key(connection, "cells", "k1") is None
        verified_answers.set_state(connection, one, "changed", {"outcome": "lost"})

        assert verified_answers.by_key(connection, "stars", "k1") is None
        assert verified_answers.of_course(connection, "stars") == (
            replace(one, state="changed", last_check={"outcome": "lost"}),
        )
        assert verified_answers.remove(connection, "stars", "v1")
        assert not verified_answers.remove(connection, "stars", "v1")


def test_hiding_a_passage_twice_keeps_the_last_reason(database: Database) -> None:
    passage = HiddenPassage("stars", "c1", "lesson", "Stars shine.", "wrong", "bob", MORNING)
    with database.writing() as connection:
        curation.hide(connection, passage)
        curation.hide(connection, replace(passage, reason="outdated"))

        assert [one.reason for one in curation.hidden(connection, "stars")] == ["outdated"]
        assert curation.hidden_ids(connection, "stars") == {"c1"}
        assert curation.hidden_ids(connection, "cells") == frozenset()
        assert curation.show(connection, "stars", "c1")
        assert not curation.show(connection, "stars", "c1")


def test_aliases_stand_by_term(database: Database) -> None:
    with database.writing() as connection:
        curation.add_alias(connection, Alias("stars", "2", "red giant", "RG", "bob", MORNING))
        curation.add_alias(connection, Alias("stars", "1", "nebula", "gas cloud", "bob", MORNING))

        assert [alias.alias for alias in curation.aliases_of(connection, "stars")] == ["gas cloud", "RG"]
        assert not curation.remove_alias(connection, "cells", "1")
        assert curation.remove_alias(connection, "stars", "1")
