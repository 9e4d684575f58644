"""From a question to its receipt, its verified answer and the instructor's pages, over HTTP."""

import csv
import io
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from service_samples import Sample, make_sample
from sqlalchemy.exc import OperationalError

from tutor.permissions import INSTRUCTOR
from tutor.state import audit, courses, questions

URL = "/api/v1/courses/stars"


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Sample]:
    sample = make_sample(tmp_path)
    yield sample
    sample.intake.indexer.stop()


@pytest.fixture
def key(sample: Sample) -> str:
    return sample.make_key("stars", permissions=INSTRUCTOR)[1]


def ask(sample: Sample, question: str, **client: Any) -> dict[str, Any]:
    reply = sample.post(f"{URL}/ask", {"question": question}, **client)
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def listed(sample: Sample, key: str, query: str = "") -> list[dict[str, Any]]:
    reply = sample.get(f"{URL}/questions{query}", key=key)
    assert reply.status_code == 200, reply.text
    found: list[dict[str, Any]] = reply.json()["questions"]
    return found


@pytest.mark.usefixtures("store")
def test_every_question_of_every_channel_is_in_the_list_with_its_receipt(sample: Sample, key: str) -> None:
    browser = sample.log_in("student", "stars")
    answers = [ask(sample, "What is a nebula?"), ask(sample, "Who won the cup?", key=None, cookie=browser)]
    streamed = sample.ask(
        lambda http: http.post(f"{URL}/ask", json={"question": "red giant"}, headers={"accept": "text/event-stream"})
    )
    completion = {"model": "tutor/stars", "messages": [{"role": "user", "content": "What is a star?"}]}
    sample.post("/v1/chat/completions", completion)

    found = listed(sample, key, "?sort=oldest")

    assert "event: done" in streamed.text
    assert [one["channel"] for one in found] == ["api", "chat", "api", "openai"]
    assert [one["answer_id"] for one in found[:2]] == [answer["answer_id"] for answer in answers]
    assert len({one["person"] for one in found}) == 2
    for one in found:
        receipt = sample.get(f"{URL}/answers/{one['answer_id']}/receipt", key=key).json()
        assert receipt["answer"]["answer_id"] == one["answer_id"]
        assert receipt["candidates"]
        assert {"dense", "lexical", "glossary", "sentence"} == set(receipt["candidates"][0]["signals"])
        assert all(candidate["text"] for candidate in receipt["candidates"])


def test_feedback_for_an_answer_finds_it_however_soon_it_comes(sample: Sample, key: str) -> None:
    for number in range(10):
        answer = ask(sample, f"What is a nebula {number}?")
        reply = sample.post(f"{URL}/answers/{answer['answer_id']}/feedback", {"verdict": "wrong_source", "marker": 1})
        assert reply.status_code == 200

    [newest, *_] = listed(sample, key, "?verdict=open")
    assert newest["feedback"][0]["verdict"] == "wrong_source"
    assert sample.post(f"{URL}/answers/{newest['answer_id']}/resolve", None, key=key).status_code == 204
    assert len(listed(sample, key, "?verdict=open")) == 9


def test_a_course_that_wants_no_log_keeps_nothing(sample: Sample, key: str) -> None:
    with sample.access.database.writing() as connection:
        courses.update_course(connection, "stars", log_questions=False)
    answer = ask(sample, "What is a nebula?")

    reply = sample.get(f"{URL}/questions", key=key).json()

    assert answer["status"] == "answered"
    assert (reply["questions"], reply["log"]["state"]) == ([], "off")
    assert sample.post(f"{URL}/answers/{answer['answer_id']}/feedback", {"verdict": "up"}).status_code == 404


def test_a_question_about_ones_own_health_leaves_no_trace(sample: Sample, key: str) -> None:
    answer = ask(sample, "I have a rash, should I take antibiotics?")

    assert answer["query"]["intent"] == "advice"
    assert listed(sample, key) == []


def test_an_answer_is_given_though_the_log_cannot_be_written(
    sample: Sample, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OperationalError("INSERT", {}, OSError("disk full"))

    monkeypatch.setattr(questions, "add", full)
    assert ask(sample, "What is a nebula?")["status"] == "answered"

    log = sample.get(f"{URL}/questions", key=key).json()["log"]

    assert (log["state"], log["n_lost"]) == ("failing", 1)
    assert "nebula" not in log["detail"]


def test_a_verified_answer_is_given_with_a_mark_to_whoever_asks_the_question(sample: Sample, key: str) -> None:
    text = sample.get(f"{URL}/documents/lesson").json()["text"]
    quote = "Mass decides how long a star lives."
    span = {"document_id": "lesson", "char_start": text.index(quote), "char_end": text.index(quote) + len(quote)}
    made = sample.post(f"{URL}/verified", {"question": "What is a nebula?", "statements": [span]}, key=key)

    answer = ask(sample, "define nebula")

    assert made.status_code == 201
    assert made.headers["location"] == f"{URL}/verified/{made.json()['verified_id']}"
    assert answer["verified"]["verified_id"] == made.json()["verified_id"]
    assert [statement["text"] for statement in answer["statements"]] == [quote]
    assert ask(sample, "What is a red giant?")["verified"] is None
    sample.ask(lambda http: http.delete(made.headers["location"]), key=key)
    assert ask(sample, "define nebula")["verified"] is None


def test_a_verified_answer_can_be_changed_and_is_then_given_at_once(sample: Sample, key: str) -> None:
    made = sample.post(f"{URL}/verified", {"question": "What is a comet?", "status": "not_in_course"}, key=key).json()
    answer_id = ask(sample, "What is a nebula?")["answer_id"]
    url = f"{URL}/verified/{made['verified_id']}"

    body = {"question": "What is a comet?", "answer_id": answer_id}
    changed = sample.ask(lambda http: http.put(url, json=body), key=key).json()

    assert (changed["status"], changed["verified_id"]) == ("answered", made["verified_id"])
    assert "cloud of gas" in ask(sample, "What is a comet?")["statements"][0]["text"]


@pytest.mark.usefixtures("store")
def test_what_is_hidden_is_nowhere_from_the_next_question_on_and_can_be_shown_again(sample: Sample, key: str) -> None:
    chunk_id = ask(sample, "What is a nebula?")["citations"][0]["chunk_id"]
    sample.post(f"{URL}/hidden", {"chunk_id": chunk_id, "reason": "outdated"}, key=key)

    assert ask(sample, "What is a nebula?")["statements"] == []
    assert "nebula" not in sample.get(f"{URL}/glossary").text
    hits = sample.post(f"{URL}/search", {"query": "nebula cloud of gas and dust", "top_k": 50}).json()["hits"]
    assert "cloud of gas" not in " ".join(hit["text"] for hit in hits)
    assert [one["reason"] for one in sample.get(f"{URL}/hidden", key=key).json()["hidden"]] == ["outdated"]
    sample.ask(lambda http: http.delete(f"{URL}/hidden/{chunk_id}"), key=key)
    assert ask(sample, "What is a nebula?")["statements"]


@pytest.mark.usefixtures("store")
def test_a_term_gets_a_name_and_the_course_a_note_by_a_publish_job(sample: Sample, key: str) -> None:
    assert sample.post(f"{URL}/aliases", {"term": "Red  Giant", "alias": "swollen star"}, key=key).status_code == 201
    assert sample.post(f"{URL}/aliases", {"term": "red giant", "alias": "Swollen Star"}, key=key).status_code == 409
    assert sample.post(f"{URL}/aliases", {"term": "comet", "alias": "x"}, key=key).status_code == 404
    note = {"term": "pulsar", "text": "A pulsar is a star that turns fast and sends out beams."}
    assert sample.post(f"{URL}/notes", note, key=key).status_code == 201

    sample.intake.indexer.start()
    answer = until(lambda: ask(sample, "What is a pulsar?"), lambda got: got["status"] == "answered")

    assert answer["statements"][0]["text"].endswith(note["text"])
    aliases = {entry["term"]: entry["aliases"] for entry in sample.get(f"{URL}/glossary").json()["entries"]}
    assert "swollen star" in aliases["red giant"]
    assert ask(sample, "What is a swollen star?")["query"]["terms"] == ["red giant"]


@pytest.mark.usefixtures("store")
def test_a_check_compares_with_the_one_before(sample: Sample, key: str) -> None:
    sample.intake.indexer.start()

    def check(content: str) -> httpx.Response:
        return sample.ask(
            lambda http: http.post(f"{URL}/checks", content=content, headers={"content-type": "text/csv"}), key=key
        )

    def done(n: int) -> list[dict[str, Any]]:
        found = until(
            lambda: sample.get(f"{URL}/checks", key=key).json()["checks"],
            lambda checks: len(checks) == n and checks[0]["state"] == "done",
        )
        assert isinstance(found, list)
        return found

    assert check("question,expected\nWhat is a nebula?,nebula\nWho won the cup?,refuse\n").status_code == 202
    [first] = done(1)
    sample.post(f"{URL}/hidden", {"chunk_id": ask(sample, "What is a nebula?")["citations"][0]["chunk_id"]}, key=key)
    assert check("question,expected\nWhat is a red giant?,red giant\nWho won the cup?,refuse\n").status_code == 202
    second = done(2)[0]

    assert [row["outcome"] for row in first["rows"]] == ["ok", "ok"]
    assert (first["summary"]["ok"], first["before"]) == (2, None)
    assert [(row["outcome"], row["before"]) for row in second["rows"]] == [("ok", None), ("ok", "ok")]
    assert second["before"]["ok"] == 2
    wrong = check("question,expected\nWhat is a nebula?,nebula\n")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "question_set_invalid"), "hidden is no term any more"


def until(look: Any, enough: Any) -> Any:
    give_up = time.monotonic() + 60
    while not enough(found := look()):
        assert time.monotonic() < give_up, found
        threading.Event().wait(0.05)
    return found


def test_the_list_is_a_file_whose_cells_nobody_runs(sample: Sample, key: str) -> None:
    for question in ("=HYPERLINK(1)", "What is a nebula?"):
        ask(sample, question)

    reply = sample.ask(lambda http: http.get(f"{URL}/questions?sort=oldest", headers={"accept": "text/csv"}), key=key)

    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.headers["content-disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(reply.text.removeprefix("\ufeff"))))
    assert [row["question"] for row in rows] == ["'=HYPERLINK(1)", "What is a nebula?"]
    assert float(rows[1]["confidence"]) > 0.5


def test_pages_of_the_list_join_without_a_gap(sample: Sample, key: str) -> None:
    asked = [ask(sample, f"What is star {number}?")["answer_id"] for number in range(5)]
    seen, cursor = [], ""
    while True:
        page = sample.get(f"{URL}/questions?sort=oldest&limit=2{cursor}", key=key).json()
        seen += [one["answer_id"] for one in page["questions"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert seen == asked
    assert sample.get(f"{URL}/questions?cursor=bm9uZQ", key=key).json()["code"] == "cursor_expired"


def test_gaps_coverage_and_usage_count_what_was_asked(sample: Sample, key: str) -> None:
    for number in range(5):
        browser = sample.log_in("student", "stars")
        ask(sample, "How fast does a pulsar spin?", key=None, cookie=browser)
        if number < 4:
            ask(sample, "Where do comets come from?", key=None, cookie=browser)
    ask(sample, "What is a nebula?")

    gaps = sample.get(f"{URL}/gaps", key=key).json()
    coverage = sample.get(f"{URL}/coverage", key=key).json()["sections"]
    usage = sample.get(f"{URL}/glossary/usage", key=key).json()["terms"]

    assert [(topic["n_people"], "comet" in topic["topic"]) for topic in gaps["topics"]] == [(5, False)]
    assert gaps["withheld"] == 4
    assert max(section["n_cited"] for section in coverage) >= 1
    assert (usage[0]["term"], usage[0]["n_asked"]) == ("nebula", 1)


def test_every_change_is_in_the_audit_log_without_a_learners_words(sample: Sample, key: str) -> None:
    answer = ask(sample, "What is a nebula?")
    sample.post(
        f"{URL}/verified", {"question": "a secret question about nebula", "answer_id": answer["answer_id"]}, key=key
    )
    sample.post(f"{URL}/hidden", {"chunk_id": answer["citations"][0]["chunk_id"]}, key=key)

    with sample.access.database.reading() as connection:
        events = audit.events(connection, "stars")

    assert {"answer.verify", "passage.hide"} <= {event.action for event in events}
    assert "secret" not in str(events)
