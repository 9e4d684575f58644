"""Verified answers guard the next index: what it says otherwise is seen before it answers anybody."""

from collections.abc import Iterator

import pytest
from verified_samples import NOW, STARS, index_of, verify

from index.course_index import CourseIndex
from tutor.records.asking import Asker, Asking
from tutor.records.recorder import Recorder
from tutor.records.regression import VerifiedRegression
from tutor.records.suggesting import Suggester
from tutor.state import curation, verified
from tutor.state.curation import HiddenPassage
from tutor.state.database import Database
from tutor.state.verified import VerifiedRecord
from tutor.tutor import Tutor

pytest_plugins = ["postgres_server"]

GIANT, NEBULA = STARS[1], STARS[3]
QUESTION = "What is a red giant?"
OTHERWISE = GIANT.replace("large and cool", "very large and cool")


@pytest.fixture
def regression(database: Database) -> VerifiedRegression:
    return VerifiedRegression(database)


@pytest.fixture
def asking(database: Database) -> Iterator[Asking]:
    asking = Asking(database, Recorder(database), Suggester())
    yield asking
    asking.close()


def keep(database: Database, record: VerifiedRecord) -> VerifiedRecord:
    with database.writing() as connection:
        verified.add(connection, record)
    return record


def now_kept(database: Database, record: VerifiedRecord) -> VerifiedRecord:
    with database.reading() as connection:
        found = verified.find(connection, "stars", record.verified_id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("paragraphs", "outcome", "now"),
    [
        (STARS, "same", (GIANT,)),
        (("An introduction.", *STARS[1:]), "same", (GIANT,)),
        ((STARS[0], OTHERWISE, NEBULA), "changed", (OTHERWISE,)),
        ((STARS[0], NEBULA), "lost", ()),
    ],
)
def test_an_index_tells_what_becomes_of_a_verified_answer(
    database: Database, regression: VerifiedRegression, paragraphs: tuple[str, ...], outcome: str, now: tuple[str, ...]
) -> None:
    record = keep(database, verify(index_of(), QUESTION, GIANT))

    [check] = regression.check(index_of(*paragraphs))

    assert (check.outcome, check.before, check.now) == (outcome, (GIANT,), now)
    assert now_kept(database, record) == record, "asking changes nothing"


def test_a_verified_refusal_is_changed_when_the_course_begins_to_say_it(
    database: Database, regression: VerifiedRegression
) -> None:
    keep(database, verify(index_of(), "What is a pulsar?"))
    pulsar = "A pulsar is a star that turns fast and sends out beams."

    [same] = regression.check(index_of())
    [changed] = regression.check(index_of(*STARS, pulsar))

    assert same.outcome == "same"
    assert (changed.outcome, changed.now) == ("changed", (pulsar,))


def given_text(asking: Asking, index: CourseIndex, question: str = QUESTION) -> tuple[str, bool]:
    answer = asking.ask(Tutor(index), question, (), Asker("ada", "api"))
    return " ".join(statement.text for statement in answer.statements), answer.verified is not None


def test_a_verified_answer_is_given_until_the_course_changes_under_it_and_is_flagged_then(
    database: Database, regression: VerifiedRegression, asking: Asking
) -> None:
    record = keep(database, verify(index_of(), QUESTION, NEBULA))

    assert given_text(asking, index_of(), "define red giant") == (NEBULA, True)
    assert given_text(asking, index_of(STARS[1], "A nebula is a cloud."))[1] is False
    asking.recorder.settle()

    flagged = now_kept(database, record)
    assert flagged.state == "changed"
    assert flagged.last_check is not None
    assert given_text(asking, index_of())[1] is False, "it waits for the instructor"


@pytest.mark.parametrize(("new_words", "state", "text"), [(True, "active", OTHERWISE), (False, "changed", GIANT)])
def test_new_words_are_only_taken_from_an_index_that_somebody_let_pass(
    database: Database, regression: VerifiedRegression, *, new_words: bool, state: str, text: str
) -> None:
    record = keep(database, verify(index_of(), QUESTION, GIANT))

    regression.adopt(index_of(STARS[0], OTHERWISE, NEBULA, generation="second"), new_words=new_words)

    kept = now_kept(database, record)
    assert (kept.state, kept.statements[0].text) == (state, text)
    assert kept.last_check == {"generation": "second", "outcome": "changed", "before": [GIANT], "now": [OTHERWISE]}


def test_what_moved_is_found_at_its_new_place_at_once(database: Database, regression: VerifiedRegression) -> None:
    record = keep(database, verify(index_of(), QUESTION, GIANT))
    longer = index_of("An introduction that was not there before.", *STARS)

    regression.adopt(longer, new_words=False)

    [statement] = now_kept(database, record).statements
    [span] = statement.spans
    assert longer.documents["lesson"].text[span.char_start : span.char_end] == GIANT
    assert longer.chunk(span.chunk_id).text == GIANT


def test_a_lost_answer_comes_back_with_its_words(database: Database, regression: VerifiedRegression) -> None:
    record = keep(database, verify(index_of(), QUESTION, GIANT))

    regression.adopt(index_of(STARS[0], NEBULA), new_words=True)
    lost = now_kept(database, record)
    regression.adopt(index_of(), new_words=False)

    assert (lost.state, lost.statements) == ("changed", record.statements)
    assert now_kept(database, record).state == "active"


def test_a_retired_answer_neither_guards_nor_follows(database: Database, regression: VerifiedRegression) -> None:
    record = keep(database, verify(index_of(), QUESTION, GIANT))
    with database.writing() as connection:
        verified.set_state(connection, record, "retired", None)

    assert regression.check(index_of(NEBULA)) == ()
    regression.adopt(index_of(NEBULA), new_words=True)

    assert now_kept(database, record).state == "retired"


def test_hidden_words_are_hidden_in_the_next_index_under_whatever_id(
    database: Database, regression: VerifiedRegression
) -> None:
    passage = HiddenPassage("stars", "an-old-id", "lesson", NEBULA, "wrong", "bob", NOW)
    with database.writing() as connection:
        curation.hide(connection, passage)
    longer = index_of("A preface.", f"So far so good. {NEBULA.upper()} And so on.", GIANT)

    regression.check(longer)

    with database.reading() as connection:
        assert curation.hidden_ids(connection, "stars") == {"an-old-id", longer.chunks[1].chunk_id}
