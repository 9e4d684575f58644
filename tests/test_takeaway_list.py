"""The takeaways of a course, of one of its chapters, and some of them by their place."""

from pathlib import Path

import pytest
from chosen_store import index_at
from factories import make_chunk

from corpus.course_folder import read_course
from index.onnx_embedder import OnnxEmbedder
from tutor.chapters import numbered_part, stands_in
from tutor.tutor import Tutor
from tutor.types import Answer

SUBJECTS = ("stars", "cells", "rocks", "seas", "winds")
PLACES = ("first", "second", "third")


@pytest.fixture(scope="module")
def textbook(embedder: OnnxEmbedder, tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    """Five numbered files of three takeaways each: more than are shown at once."""
    folder: Path = tmp_path_factory.mktemp("textbook")
    for number, subject in enumerate(SUBJECTS, start=1):
        takeaways = "".join(
            f"- The {nth} thing to know of {subject} is simple.\n" for nth in ("first", "second", "third")
        )
        text = f"# All about {subject}\n\nThis is on {subject}.\n\n## Key takeaways\n\n{takeaways}"
        (folder / f"{number:02}-{subject}.md").write_text(text, encoding="utf-8")
    course = read_course(folder)
    return Tutor(index_at(tmp_path_factory.mktemp("data"), course, embedder))


def said(answer: Answer) -> list[str]:
    return [statement.text.removeprefix("- ") for statement in answer.statements]


def test_of_many_takeaways_the_first_of_each_document_is_shown(textbook: Tutor) -> None:
    answer = textbook.ask("what are the takeaways of this course")

    assert said(answer) == [f"The first thing to know of {subject} is simple." for subject in SUBJECTS]
    assert "15 takeaways" in answer.message


@pytest.mark.parametrize("question", ["takeaways of chapter 3", "what is chapter 3 about?", "summarize chapter 3"])
def test_a_chapter_is_found_by_the_number_of_its_file(textbook: Tutor, question: str) -> None:
    answer = textbook.ask(question)

    assert answer.status == "answered"
    assert said(answer) == [f"The {nth} thing to know of rocks is simple." for nth in PLACES]


def test_one_takeaway_of_a_chapter_is_picked_by_its_place(textbook: Tutor) -> None:
    answer = textbook.ask("what is the second takeaway of chapter 4")

    assert said(answer) == ["The second thing to know of seas is simple."]
    assert answer.message == "The course lists 3 key takeaways in chapter 4."


def test_the_takeaways_of_a_chapter_that_there_is_not_are_refused(textbook: Tutor) -> None:
    answer = textbook.ask("takeaways of chapter 9")

    assert answer.status == "not_in_course"
    assert "“chapter 9”" in answer.message


@pytest.mark.parametrize(
    ("part", "path", "document_id", "is_inside"),
    [
        ("chapter 5", ("Chapter 5: Skin",), "a", True),
        ("chapter 5", ("Chapter 5: Skin", "5.1 Layers"), "ch05-skin", True),
        ("section 5.1", ("Chapter 5: Skin", "5.1 Layers"), "ch05-skin", True),
        ("section 5.1", ("Chapter 5: Skin", "5.10 Hair"), "ch05-skin", False),
        ("chapter 5", ("Skin",), "05-skin", True),
        ("chapter 5", ("Skin",), "50-skin", False),
        ("section 5", ("Skin",), "05-skin", False),
        ("chapter 6", ("Chapter 5: Skin",), "06-skin", False),  # its headings know better
    ],
)
def test_a_part_is_known_by_its_headings_or_else_by_its_file(
    part: str, path: tuple[str, ...], document_id: str, is_inside: bool
) -> None:
    numbered = numbered_part(part)

    assert numbered is not None
    assert stands_in(make_chunk("Skin.", heading_path=path, document_id=document_id), numbered) == is_inside
