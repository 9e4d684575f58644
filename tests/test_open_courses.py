"""A process holds as many courses open as there is room for, and nobody notices which."""

import errno
import weakref
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingest_samples import DWARFS, GIANTS, NEBULA, Workplace, open_workplace
from store_samples import cut_documents

from index.errors import IndexUnreachable
from index.mask import NOTHING_HIDDEN
from tutor.errors import CourseNotReady, UnknownCourse
from tutor.open_courses import SIZE_OF_A_COURSE, OpenCourse, OpenCourses
from tutor.records.suggesting import Suggester
from tutor.state.courses import CourseRecord
from tutor.state.curation import HiddenPassage, hide

COURSES = {"clouds": f"{NEBULA}\nClouds of gas are seen in every galaxy.\n", "giants": GIANTS, "dwarfs": DWARFS}
QUESTIONS = {
    "clouds": "What is a nebula?",
    "giants": "When does a red giant swell?",
    "dwarfs": "What is a white dwarf?",
}

both_stores = pytest.mark.usefixtures("store")


def opened_with_room_for_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    monkeypatch.setenv("TUTOR_OPEN_CHUNKS", "1")
    return open_workplace(folder)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """Three courses, and room for one of them."""
    place = opened_with_room_for_one(tmp_path, monkeypatch)
    for course_id, text in COURSES.items():
        place.parts.intake.create_course(CourseRecord(course_id, course_id.title()), actor="test")
        place.add(("lesson.md", text), course=course_id)
    return place


def of(n_chunks: int) -> Any:
    """Stands for an opened course of so many chunks, all hidden."""
    return OpenCourse(
        SimpleNamespace(manifest=SimpleNamespace(n_chunks=n_chunks), generation="g"), NOTHING_HIDDEN, None
    )


@given(
    steps=st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 40))), room=st.integers(1, 4 * SIZE_OF_A_COURSE)
)
def test_there_is_never_more_open_than_there_is_room_for_and_what_was_used_last_is_open(
    steps: list[tuple[str, int]], room: int
) -> None:
    courses, sizes, closed = OpenCourses(room), dict[str, int](), list[str]()
    courses.when_closed(closed.append)
    for name, n_chunks in steps:
        before = courses.ids()
        if n_chunks == 0:  # somebody asks it, if it is open
            assert (courses.get(name) is not None) == (name in before)
        else:
            sizes[name] = n_chunks
            courses.put(name, of(n_chunks))
            assert courses.ids()[-1] == name

        left = courses.ids()

        used = [other for other in before if other != name]
        assert sum(SIZE_OF_A_COURSE + sizes[other] for other in left) <= room or len(left) == 1
        assert [other for other in left if other != name] == used[len(used) - len(left) + (name in left) :]
        assert closed == [other for other in used if other not in left]
        closed.clear()


@both_stores
def test_a_course_that_was_closed_answers_as_before(place: Workplace) -> None:
    library = place.parts.library
    asked = {course_id: library.tutor(course_id).ask(QUESTIONS[course_id]) for course_id in COURSES}
    assert library.opened() == ("dwarfs",)

    again = {course_id: library.tutor(course_id).ask(QUESTIONS[course_id]) for course_id in COURSES}

    assert {answer.status for answer in asked.values()} == {"answered"}
    for course_id, answer in asked.items():
        assert replace(again[course_id], answer_id="", timing_ms={}) == replace(answer, answer_id="", timing_ms={})


def test_whoever_is_asking_a_course_has_it_to_the_end_and_then_it_is_gone(place: Workplace) -> None:
    tutor = place.parts.library.tutor("clouds")
    place.parts.library.tutor("giants")
    assert place.parts.library.opened() == ("giants",)

    assert tutor.ask(QUESTIONS["clouds"]).status == "answered"

    index = weakref.ref(tutor.index)
    del tutor
    assert index() is None


def test_listing_opens_nothing_and_says_the_same_of_closed_courses(place: Workplace) -> None:
    library = place.parts.library
    found = library.tutor("clouds").search("cloud", top_k=1)[0].chunk
    with place.parts.database.writing() as connection:
        passage = (found.chunk_id, found.document_id, found.text, "", "test", datetime.now(UTC))
        hide(connection, HiddenPassage("clouds", *passage))
    open_ones = {}
    for course_id in COURSES:
        library.tutor(course_id)
        open_ones[course_id] = next(info for info in library.courses() if info.course_id == course_id)
        assert library.opened() == (course_id,)

    listed = {info.course_id: info for info in library.courses()}

    assert library.opened() == ("dwarfs",)
    assert listed == open_ones
    assert all(info.ready for info in listed.values())


def test_what_there_was_no_room_for_at_the_start_is_listed_and_opened_when_it_is_asked(
    place: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = place.parts.library.courses()
    place.parts.close()

    again = opened_with_room_for_one(tmp_path, monkeypatch).parts.library

    assert again.opened() == ("clouds",)
    assert again.courses() == before
    assert again.opened() == ("clouds",)
    assert again.tutor("dwarfs").ask(QUESTIONS["dwarfs"]).status == "answered"


def test_a_closed_course_that_was_changed_answers_from_its_new_index_and_a_deleted_one_is_gone(
    place: Workplace,
) -> None:
    library = place.parts.library
    library.tutor("dwarfs")
    other = Workplace(open_workplace(place.folder).parts, place.folder)  # another process on the same data
    other.add(("more.md", "# More\n\nA quasar is a bright core of a galaxy.\n"), course="clouds")
    other.parts.intake.delete_course("giants", actor="test")

    texts = [found.chunk.text for found in library.tutor("clouds").search("quasar")]

    assert any("quasar" in text for text in texts)
    with pytest.raises(UnknownCourse):
        library.tutor("giants")
    assert [info.course_id for info in library.courses()] == ["clouds", "dwarfs"]


@both_stores
def test_a_closed_course_that_was_damaged_is_refused_with_the_reason_and_the_others_answer(
    place: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generation = place.parts.library.tutor("giants").index.generation
    place.parts.library.tutor("dwarfs")
    cut_documents(place.parts.generations, "giants", generation)

    with pytest.raises(CourseNotReady):
        place.parts.library.tutor("giants")

    infos = {info.course_id: info for info in place.parts.library.courses()}
    assert {course_id: info.ready for course_id, info in infos.items()} == {
        "clouds": True, "giants": False, "dwarfs": True,
    }  # fmt: skip
    assert "documents.jsonl" in infos["giants"].reason
    assert place.parts.library.tutor("clouds").ask(QUESTIONS["clouds"]).status == "answered"


def test_who_suggests_lets_go_of_a_course_that_is_closed(place: Workplace) -> None:
    suggester = Suggester()
    place.parts.library.when_closed(suggester.forget)
    suggester.prepare(place.parts.library.tutor("clouds"))
    index = weakref.ref(place.parts.library.tutor("clouds").index)

    place.parts.library.tutor("giants")

    suggester.close()
    assert index() is None


def test_an_answer_that_ends_after_its_course_was_closed_does_not_hold_it_again(place: Workplace) -> None:
    suggester = Suggester(place.parts.library.is_open)
    place.parts.library.when_closed(suggester.forget)
    tutor = place.parts.library.tutor("clouds")
    answer = tutor.ask(QUESTIONS["clouds"])
    place.parts.library.tutor("giants")

    suggester.after(answer, tutor)

    index = weakref.ref(tutor.index)
    del tutor
    suggester.close()
    assert index() is None


def test_a_course_of_which_something_is_hidden_is_listed_without_being_opened(
    place: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for course_id, word in (("giants", "giant"), ("dwarfs", "dwarf")):
        found = place.parts.library.tutor(course_id).search(word, top_k=1)[0].chunk
        with place.parts.database.writing() as connection:
            passage = (found.chunk_id, found.document_id, found.text, "", "test", datetime.now(UTC))
            hide(connection, HiddenPassage(course_id, *passage))
    before = place.parts.library.courses()
    place.parts.close()

    again = opened_with_room_for_one(tmp_path, monkeypatch).parts.library

    assert again.opened() == ("clouds",)
    assert again.courses() == before
    assert again.opened() == ("clouds",)


@pytest.mark.parametrize(
    "fault", [IndexUnreachable("clouds", "no reply"), OSError(errno.EMFILE, "Too many open files")]
)
def test_what_passes_by_itself_while_a_course_is_opened_leaves_nothing_behind(
    place: Workplace, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    library = place.parts.library
    with monkeypatch.context() as broken:
        broken.setattr(place.parts.generations, "open", Mock(side_effect=fault))
        with pytest.raises(type(fault)):
            library.tutor("clouds")

    assert library.problems() == ()
    assert library.tutor("clouds").ask(QUESTIONS["clouds"]).status == "answered"
