"""Practice sets over the API: drawn, answered, marked."""

from pathlib import Path

import pytest
from service_samples import Sample, make_parts, make_sample, write_courses

COURSE = "/api/v1/courses/signals/practice"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("practice")
    bundled = [*write_courses(folder), Path(__file__).parent / "data" / "signals"]
    return make_sample(folder, parts=make_parts(folder, bundled=bundled))


def test_a_set_is_drawn_answered_and_marked_with_citations(sample: Sample) -> None:
    drawn = sample.get(f"{COURSE}?n=3&seed=4").json()
    terms = {
        "greatest": "amplitude",
        "second": "frequency",
        "along": "phase",
        "time that": "period",
        "reaches": "noise",
    }
    answers = {
        question["question_id"]: next(term for word, term in terms.items() if word in question["text"])
        for question in drawn["questions"]
    }

    marked = sample.post(COURSE, {"set_id": drawn["set_id"], "answers": answers}).json()

    assert len(drawn["questions"]) == 3
    assert (marked["score"], marked["maximum"]) == (3, 3)
    assert all(question["citation"]["quote"].startswith(question["term"]) for question in marked["questions"])
    assert sample.get(f"{COURSE}?n=3&seed=4").json() == drawn


def test_no_answer_is_given_away_before_it_is_marked(sample: Sample) -> None:
    drawn = sample.get(f"{COURSE}?n=5&seed=1").json()

    assert {frozenset(question) for question in drawn["questions"]} == {frozenset({"question_id", "text", "choices"})}


def test_a_set_that_cannot_be_is_a_problem_in_words(sample: Sample) -> None:
    unknown = sample.post(COURSE, {"set_id": "x", "answers": {}})
    too_few = sample.get("/api/v1/courses/cells/practice")

    assert (unknown.status_code, unknown.json()["code"]) == (409, "no_practice_set")
    assert (too_few.status_code, too_few.json()["code"]) == (409, "no_practice_set")
    assert "terms that the course defines" in too_few.json()["detail"]
