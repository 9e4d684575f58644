"""Gaps are topics, told once enough people asked, and in words that enough people used."""

import numpy as np
import pytest
from asking_samples import asked
from hypothesis import given, settings
from hypothesis import strategies as st
from verified_samples import index_of

from tutor.records.gaps import MIN_PEOPLE, find_gaps
from tutor.records.usage import coverage, terms_asked
from tutor.state.questions import CitedSpan, QuestionRecord
from tutor.tutor import Tutor


def refused(question: str, person: str | None, topic: str = "", **changes: object) -> QuestionRecord:
    fields = {
        "question": question, "query_used": question, "topic": topic or question, "terms": (), "intent": "explain",
        "status": "not_in_course", "about_document_id": "lesson", "about_path": ("Lesson",), "person_id": person,
    }  # fmt: skip
    return asked(f"{person}-{question}", **{**fields, **changes}).record


def pulsars(n_people: int) -> list[QuestionRecord]:
    return [refused("how fast does a pulsar turn", f"p{number}", "pulsar") for number in range(n_people)]


@pytest.mark.parametrize(("n_people", "shown"), [(4, 0), (5, 1), (6, 1)])
def test_a_topic_is_shown_from_five_people_on(n_people: int, shown: int) -> None:
    gaps = find_gaps(pulsars(n_people), index_of())

    assert len(gaps.topics) == shown
    assert gaps.withheld == (0 if shown else n_people)
    assert [gap.n_people for gap in gaps.topics] == [n_people] * shown


def test_one_person_who_asks_often_is_one_person() -> None:
    records = [refused("how fast does a pulsar turn", "p1", "pulsar") for _ in range(50)]

    assert find_gaps(records, index_of()).topics == ()


def test_nobody_in_particular_is_nobody() -> None:
    records = [refused("how fast does a pulsar turn", None, "pulsar") for _ in range(50)]

    assert find_gaps(records, index_of()).topics == ()


@pytest.mark.parametrize(("wanted", "counts"), [(1, 5), (4, 5), (5, 5), (8, 8)])
def test_the_least_number_of_people_can_only_be_raised(wanted: int, counts: int) -> None:
    gaps = find_gaps(pulsars(6), index_of(), min_people=wanted)

    assert gaps.min_people == counts
    assert len(gaps.topics) == (1 if counts <= 6 else 0)


def test_the_words_of_a_topic_are_those_that_enough_people_used() -> None:
    records = [refused(f"pulsar secret{number}", f"p{number}", "pulsar") for number in range(6)]

    [gap] = find_gaps(records, index_of()).topics

    assert gap.topic == "pulsar"
    assert "secret" not in gap.topic


def test_a_topic_that_names_a_term_goes_by_the_courses_own_name() -> None:
    records = [refused(f"who found nebula {n}", f"p{n}", "nebula", terms=("nebula",)) for n in range(5)]

    [gap] = find_gaps(records, index_of()).topics

    assert (gap.topic, gap.document_id, gap.heading_path) == ("nebula", "lesson", ("Lesson",))


@pytest.mark.parametrize("intent", ["small_talk", "advice", "injection", "empty"])
def test_what_is_no_question_to_the_course_is_no_gap(intent: str) -> None:
    records = [refused("pulsar", f"p{n}", intent=intent) for n in range(9)]

    gaps = find_gaps(records, index_of())

    assert (gaps.topics, gaps.withheld) == ((), 0)


def test_other_words_for_one_thing_are_one_topic(bundled_tutor: Tutor) -> None:
    ways = ("reinforcement learning", "reinforcement learning agents", "reinforcement learning policy")
    records = [refused(f"what is {ways[n % 3]}", f"p{n}", ways[n % 3]) for n in range(6)]

    gaps = find_gaps(records, bundled_tutor.index)

    assert [gap.n_people for gap in gaps.topics] == [6]
    assert "reinforcement" in gaps.topics[0].topic


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["pulsar", "quasar", "dark matter", "comet"]), st.sampled_from("abcdefgh") | st.none()
        ),
        max_size=40,
    )
)
def test_no_shown_topic_ever_has_fewer_than_five_people(asks: list[tuple[str, str | None]]) -> None:
    records = [refused(f"tell me of {topic}", person, topic) for topic, person in asks]

    gaps = find_gaps(records, index_of())

    assert all(gap.n_people >= MIN_PEOPLE for gap in gaps.topics)
    assert sum(gap.n_questions for gap in gaps.topics) + gaps.withheld == len(records)


def test_a_section_counts_what_its_subsections_are_asked_and_cited(bundled_tutor: Tutor) -> None:
    index = bundled_tutor.index
    document = next(iter(index.documents.values()))
    deepest = max(document.sections, key=lambda section: len(section.heading_path))
    record = asked("a", about_document_id=document.document_id, about_path=deepest.heading_path).record
    span = CitedSpan(1, document.document_id, "c", deepest.heading_path)

    uses = coverage([record], [span, span], index)

    assert len(uses) == sum(len(document.sections) for document in index.documents.values())
    by_path = {use.heading_path: (use.n_asked, use.n_cited) for use in uses}
    for depth in range(1, len(deepest.heading_path) + 1):
        assert by_path[deepest.heading_path[:depth]] == (1, 2)
    assert np.sum([use.n_cited for use in uses]) == 2 * len(deepest.heading_path)


def test_terms_are_counted_once_a_question() -> None:
    records = [asked("a", terms=("nebula", "star")).record, asked("b", terms=("star",)).record]

    assert terms_asked(records) == {"nebula": 1, "star": 2}
