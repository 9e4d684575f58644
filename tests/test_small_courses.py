"""Courses cut from a large one, to fit the refusal on: of all sizes, and honest about what they still answer."""

import json

import pytest
from chosen_store import index_at
from hashing_embedder import HashingEmbedder

from corpus.beir import read_beir_corpus
from index.course_index import CourseIndex
from tutor.evaluation.question_set import Question
from tutor.evaluation.small_courses import KEPT_SHARE, MIN_DOCUMENTS, cut_small_courses

N_DOCUMENTS = 60


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> CourseIndex:
    folder = tmp_path_factory.mktemp("stars")
    lines = [
        json.dumps({"_id": f"star-{number}", "title": "Stars", "text": f"Star number {number} shines in a galaxy."})
        for number in range(N_DOCUMENTS)
    ]
    (folder / "corpus.jsonl").write_text("\n".join(lines), "utf-8")
    course = read_beir_corpus(folder)
    return index_at(folder, course, HashingEmbedder())


def questions() -> list[Question]:
    ids = [f"star-{number}" for number in range(N_DOCUMENTS)]
    return [Question(f"q-{name}", f"what of {name}", "any", relevance={name: 2}, gold=(name,)) for name in ids]


def test_a_question_is_in_scope_exactly_where_its_document_was_kept(index: CourseIndex) -> None:
    for course in cut_small_courses(index, questions(), HashingEmbedder(), 20):
        kept = set(course.index.documents)
        assert course.questions
        assert all(in_scope == (question.gold[0] in kept) for question, in_scope in course.questions)


def test_sizes_range_from_a_lesson_to_most_of_the_course(index: CourseIndex) -> None:
    sizes = [len(course.index.documents) for course in cut_small_courses(index, questions(), HashingEmbedder(), 40)]

    assert min(sizes) >= MIN_DOCUMENTS
    assert max(sizes) <= KEPT_SHARE * N_DOCUMENTS
    assert len(set(sizes)) > 10
    assert max(sizes) > 2 * min(sizes)


def test_the_same_seed_cuts_the_same_courses(index: CourseIndex) -> None:
    def cut() -> list[set[str]]:
        return [set(c.index.documents) for c in cut_small_courses(index, questions(), HashingEmbedder(), 5)]

    assert cut() == cut()
