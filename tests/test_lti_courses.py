"""What a launch opens and for whom: the course, the role in it, the grade book and the roster of its link."""

import html
from collections.abc import Iterator
from pathlib import Path

import pytest
from lti_platform import INSTRUCTOR, LEARNER
from lti_samples import Launching, launching

from tutor.api.lti.office import now
from tutor.lti import claims as names
from tutor.state import lti

SIGNALS = Path(__file__).parent / "data" / "signals"
CUSTOM = {names.CUSTOM: {"course": "stars", "document": "lesson"}}


@pytest.fixture
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launching]:
    with launching(tmp_path_factory.mktemp("lti")) as browser:
        yield browser


def assign(browser: Launching, course_id: str, *, context_id: str = "2") -> None:
    with browser.sample.access.database.writing() as connection:
        lti.link_context(connection, "p1", context_id, course_id, now())


@pytest.mark.parametrize(("context_id", "assigned"), [("2", "cells"), ("3", "stars"), ("2", "")])
def test_a_teacher_of_any_course_is_no_instructor_of_a_course_that_was_not_assigned_to_theirs(
    browser: Launching, context_id: str, assigned: str
) -> None:
    if assigned:
        assign(browser, assigned, context_id=context_id)

    browser.launched(roles=(INSTRUCTOR,), **CUSTOM)

    assert browser.get("/api/v1/me").json()["permissions"]["stars"] == ["ask", "read"]
    assert browser.get("/api/v1/courses/stars/roster").status_code == 403


def test_a_course_that_was_opened_before_stays_open_for_the_same_person_as_a_student(browser: Launching) -> None:
    assign(browser, "stars")
    cells = {names.CUSTOM: {"course": "cells"}}
    browser.launched(roles=(INSTRUCTOR,), **CUSTOM)
    as_instructor = dict(browser.cookies)

    browser.launched(roles=(INSTRUCTOR,), **cells)

    me = browser.get("/api/v1/me").json()
    assert me["permissions"] == {"cells": ["ask", "read"], "stars": ["ask", "read"]}
    assert me["courses"] == ["cells", "stars"]
    assert browser.get("/api/v1/courses/stars/roster").status_code == 403
    now_a_student = dict(browser.cookies)
    browser.cookies = as_instructor
    assert browser.get("/api/v1/me").status_code == 401
    browser.cookies = now_a_student
    browser.launched(**cells, sub="4")
    assert browser.get("/api/v1/me").json()["courses"] == ["cells"]
    browser.launched(**CUSTOM, sub=None)
    assert browser.get("/api/v1/me").json()["courses"] == ["stars"]


def test_no_role_outlives_its_launch(browser: Launching) -> None:
    assign(browser, "stars")
    browser.launched(roles=(INSTRUCTOR,), **CUSTOM)
    as_instructor = dict(browser.cookies)
    assert "instruct" in browser.get("/api/v1/me").json()["permissions"]["stars"]

    browser.launched(**CUSTOM)

    assert "instruct" not in browser.get("/api/v1/me").json()["permissions"]["stars"]
    browser.cookies = as_instructor
    assert browser.get("/api/v1/me").status_code == 401


def test_a_link_that_names_no_course_opens_the_assigned_one(browser: Launching) -> None:
    unassigned = browser.launched()
    with browser.sample.access.database.writing() as connection:
        lti.link_context(connection, "p1", "2", "cells", now())
    assigned = browser.launched()

    assert "course-tutor lti assign p1 2 COURSE" in html.unescape(unassigned.text)
    assert assigned.headers["location"] == "/chat/?course=cells"


def test_a_platform_opens_only_the_courses_it_was_given(tmp_path_factory: pytest.TempPathFactory) -> None:
    with launching(tmp_path_factory.mktemp("lti"), courses=("cells",)) as browser:
        reply = browser.launched(**CUSTOM)

        assert reply.headers["location"] == "/chat/?course=cells"
        assert browser.get("/api/v1/me").json()["courses"] == ["cells"]


def test_a_practice_set_in_a_graded_link_sends_its_score(tmp_path_factory: pytest.TempPathFactory) -> None:
    with launching(tmp_path_factory.mktemp("lti"), courses_folder=SIGNALS) as browser:
        browser.launched(**{names.CUSTOM: {"course": "signals", "practice": "3"}})
        drawn = browser.get("/api/v1/courses/signals/practice?n=3&seed=4").json()
        first = drawn["questions"][0]
        answers = {"set_id": drawn["set_id"], "answers": {first["question_id"]: first["choices"][0]}}

        marked = browser.post_json("/api/v1/courses/signals/practice", answers).json()

        assert marked["sent_to_platform"]
        assert [(s["userId"], s["scoreGiven"], s["scoreMaximum"]) for s in browser.platform.scores] == [
            ("3", marked["score"], 3)
        ]


def test_a_grade_book_that_does_not_answer_costs_the_learner_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    with launching(tmp_path_factory.mktemp("lti"), courses_folder=SIGNALS) as browser:
        browser.platform.faults.add("no_token")
        browser.launched(**{names.CUSTOM: {"course": "signals", "practice": "3"}})
        drawn = browser.get("/api/v1/courses/signals/practice?n=3&seed=4").json()

        marked = browser.post_json("/api/v1/courses/signals/practice", {"set_id": drawn["set_id"], "answers": {}})

        assert marked.status_code == 200
        assert not marked.json()["sent_to_platform"]
        assert browser.platform.scores == []


def test_only_the_practice_set_that_the_link_opens_is_graded(tmp_path_factory: pytest.TempPathFactory) -> None:
    with launching(tmp_path_factory.mktemp("lti"), courses_folder=SIGNALS) as browser:
        browser.launched(**{names.CUSTOM: {"course": "signals", "practice": "3"}})
        easier = browser.get("/api/v1/courses/signals/practice?n=1&seed=4").json()["set_id"]
        sent = browser.post_json("/api/v1/courses/signals/practice", {"set_id": easier, "answers": {}}).json()
        browser.launched(**{names.CUSTOM: {"course": "signals"}})
        chat = browser.get("/api/v1/courses/signals/practice?n=3&seed=4").json()["set_id"]
        of_a_chat = browser.post_json("/api/v1/courses/signals/practice", {"set_id": chat, "answers": {}}).json()

        assert not sent["sent_to_platform"]
        assert not of_a_chat["sent_to_platform"]
        assert browser.platform.scores == []


def test_an_instructor_sees_the_roster_by_the_pseudonyms_of_the_sessions(browser: Launching) -> None:
    assign(browser, "stars")
    browser.platform.members = [{"user_id": "3", "roles": [LEARNER], "name": "Ada"}]
    browser.launched(**CUSTOM)
    learner = browser.get("/api/v1/me").json()["person_id"]
    refused = browser.get("/api/v1/courses/stars/roster")
    browser.launched(roles=(INSTRUCTOR,), sub="9", **CUSTOM)

    roster = browser.get("/api/v1/courses/stars/roster")

    assert refused.status_code == 403
    assert roster.json() == {"people": [{"person_id": learner, "role": "student", "active": True}]}
    assert browser.get("/api/v1/courses/cells/roster").status_code == 404
