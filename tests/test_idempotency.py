"""A request that is sent again with the same key is carried out once."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from service_samples import Sample, make_sample
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from tutor.permissions import ADMIN
from tutor.records.asking import Asking
from tutor.state import replies
from tutor.state.course_tables import courses
from tutor.state.privacy import purge
from tutor.state.work_tables import kept_replies

ASK = "/api/v1/courses/stars/ask"
QUESTION = {"question": "What is a nebula?"}
ACROSS = {"across_courses": True}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return make_sample(tmp_path_factory.mktemp("service"), key_asks_per_minute=0)


@pytest.fixture(scope="module")
def admin(sample: Sample) -> str:
    return sample.make_key(permissions=ADMIN)[1]


def send(sample: Sample, path: str, json: Any, idempotency_key: str | bytes, **client: Any) -> httpx.Response:
    return sample.ask(lambda http: http.post(path, json=json, headers={"Idempotency-Key": idempotency_key}), **client)


def rows(sample: Sample) -> set[str]:
    with sample.access.database.reading() as connection:
        found = connection.execute(select(kept_replies.c.idempotency_key), execution_options=ACROSS)
        return set(found.scalars())


def test_a_course_is_made_once_and_the_first_reply_is_given_again(sample: Sample, admin: str) -> None:
    first, again = (send(sample, "/api/v1/courses", {"title": "Planets"}, "planets-1", key=admin) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["x-content-type-options"] == "nosniff"


def test_a_question_is_answered_once(sample: Sample) -> None:
    first, again, other = (send(sample, ASK, QUESTION, key) for key in ("q1", "q1", "q2"))

    assert first.json() == again.json()
    assert other.json()["answer_id"] != first.json()["answer_id"]


def test_the_same_key_for_another_request_is_refused(sample: Sample) -> None:
    send(sample, ASK, QUESTION, "mine")

    for path, body in ((ASK, {"question": "What is a red giant?"}), (f"{ASK}?x=1", QUESTION)):
        reply = send(sample, path, body, "mine")
        assert (reply.status_code, reply.json()["code"]) == (422, "idempotency_key_reused")


def test_keys_are_each_callers_own(sample: Sample) -> None:
    first = send(sample, ASK, QUESTION, "shared")
    another = send(sample, ASK, QUESTION, "shared", key=sample.make_key()[1])
    person = send(sample, ASK, QUESTION, "shared", key=None, cookie=sample.log_in("student"))

    assert len({reply.json()["answer_id"] for reply in (first, another, person)}) == 3


def test_a_second_request_while_the_first_is_running_is_a_conflict(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, release, answer = threading.Event(), threading.Event(), Asking.ask

    def waiting(asking: Asking, *arguments: Any, **named: Any) -> Any:
        begun.set()
        assert release.wait(20)
        return answer(asking, *arguments, **named)

    monkeypatch.setattr(Asking, "ask", waiting)

    async def exchange(http: httpx.AsyncClient) -> list[httpx.Response]:
        headers = {"Idempotency-Key": "running"}
        first = asyncio.ensure_future(http.post(ASK, json=QUESTION, headers=headers))
        assert await asyncio.to_thread(begun.wait, 10)
        second = await http.post(ASK, json=QUESTION, headers=headers)
        release.set()
        return [await first, second, await http.post(ASK, json=QUESTION, headers=headers)]

    first, second, third = sample.ask(exchange)

    assert [first.status_code, second.status_code, third.status_code] == [200, 409, 200]
    assert second.json()["code"] == "still_running"
    assert second.headers["retry-after"]
    assert third.json() == first.json()


def test_what_may_pass_is_tried_again_and_what_will_not_is_given_again(tmp_path: Path) -> None:
    sample = make_sample(tmp_path, key_asks_per_minute=1)
    assert sample.post(ASK, QUESTION).status_code == 200

    assert send(sample, ASK, QUESTION, "limited").status_code == 429
    assert rows(sample) == set()
    assert send(sample, "/api/v1/courses/none/search", {"query": "x"}, "wrong").status_code in (404, 429)
    assert send(sample, ASK, {"question": 3}, "invalid").status_code == 422
    assert send(sample, ASK, {"question": 3}, "invalid").headers["idempotency-replayed"] == "true"


def test_a_defect_is_not_kept(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Asking, "ask", lambda *_, **__: 1 / 0)
        assert send(sample, ASK, QUESTION, "defect").status_code == 500

    assert send(sample, ASK, QUESTION, "defect").status_code == 200


def test_a_reply_that_the_database_cannot_keep_goes_out_all_the_same(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("update", {}, Exception())

    for change in ("keep", "release"):
        monkeypatch.setattr(replies, change, away)

    assert send(sample, ASK, QUESTION, "away").json()["status"] == "answered"


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "with space", "naïve".encode("latin-1")])
def test_a_key_that_is_none_is_refused(sample: Sample, key: str | bytes) -> None:
    reply = send(sample, ASK, QUESTION, key)

    assert reply.status_code == 422
    assert reply.json()["errors"][0]["pointer"] == "Idempotency-Key"


def test_a_stream_is_not_kept(sample: Sample) -> None:
    replies = [send(sample, ASK, QUESTION, "stream", accept="text/event-stream") for _ in range(2)]

    assert all("event: done" in reply.text for reply in replies)
    assert replies[0].text != replies[1].text
    assert "stream" not in rows(sample)


def test_where_no_questions_are_kept_no_answers_are(sample: Sample) -> None:
    with sample.access.database.writing() as connection:
        connection.execute(update(courses).where(courses.c.course_id == "cells").values(log_questions=False))

    replies = [send(sample, "/api/v1/courses/cells/ask", QUESTION, "unkept") for _ in range(2)]

    assert [reply.status_code for reply in replies] == [200, 200]
    assert "unkept" not in rows(sample)


def test_an_upload_is_taken_once(sample: Sample, admin: str) -> None:
    def upload() -> httpx.Response:
        files = {"file": ("moons.md", b"# Moons\n\nMoons orbit planets.\n")}
        return sample.ask(
            lambda http: http.post(
                "/api/v1/courses/stars/sources", files=files, headers={"Idempotency-Key": "upload-1"}
            ),
            key=admin,
        )

    first, again = upload(), upload()

    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json()["job"]["job_id"] == first.json()["job"]["job_id"]


def test_a_reply_is_forgotten_after_a_day(sample: Sample) -> None:
    first = send(sample, ASK, QUESTION, "old")
    with sample.access.database.writing() as connection:
        old = datetime.now(UTC) - timedelta(hours=25)
        statement = update(kept_replies).where(kept_replies.c.course_id == "stars").values(created_at=old)
        connection.execute(statement)

    assert send(sample, ASK, QUESTION, "old").json() != first.json()
    with sample.access.database.writing() as connection:
        purge(connection, now=datetime.now(UTC) + timedelta(hours=25), retention_days=90)
    assert "old" not in rows(sample)


def test_a_request_whose_worker_died_can_be_sent_again(sample: Sample) -> None:
    send(sample, ASK, QUESTION, "died")
    with sample.access.database.writing() as connection:
        long_ago = datetime.now(UTC) - timedelta(minutes=3)
        is_it = (kept_replies.c.course_id == "stars") & (kept_replies.c.idempotency_key == "died")
        connection.execute(update(kept_replies).where(is_it).values(status=0, created_at=long_ago))

    assert send(sample, ASK, QUESTION, "died").status_code == 200


def test_a_course_that_is_no_longer_the_callers_is_not_replayed(sample: Sample) -> None:
    sessions = sample.access.sessions
    both = sessions.start("student", ("stars", "cells"), person_id="ada")
    assert send(sample, ASK, QUESTION, "kept", key=None, cookie=both).status_code == 200

    one = sessions.start("student", ("cells",), person_id="ada")
    assert send(sample, ASK, QUESTION, "kept", key=None, cookie=one).status_code == 404
