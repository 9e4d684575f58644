"""Asking and searching over HTTP: the contract's shape, calm replies to strange input, events that equal the JSON."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from httpx_sse import EventSource, ServerSentEvent
from service_samples import Sample, shared_sample

ASK = "/api/v1/courses/stars/ask"


@pytest.fixture(scope="module")
def sample() -> Sample:
    return shared_sample()


def ask(sample: Sample, question: str, **fields: Any) -> dict[str, Any]:
    reply = sample.post(ASK, {"question": question, **fields})
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def test_an_answer_has_the_fields_of_the_contract(sample: Sample) -> None:
    answer = ask(sample, "What is a nebula?")

    assert set(answer) >= {
        "answer_id", "status", "query", "statements", "citations", "nearest", "message", "confidence", "generation",
        "timing_ms",
    }  # fmt: skip
    assert answer["status"] == "answered"
    assert set(answer["query"]) >= {"asked", "used", "intent", "corrections"}
    assert set(answer["statements"][0]) >= {"text", "kind", "term", "citations"}
    assert set(answer["citations"][0]) >= {
        "marker", "course_id", "document_id", "document_title", "heading_path", "page", "char_start", "char_end",
        "quote", "chunk_id", "url",
    }  # fmt: skip
    assert set(answer["nearest"][0]) >= {"heading_path", "document_id", "char_start", "char_end"}


def test_every_quote_stands_where_its_citation_says(sample: Sample) -> None:
    answer = ask(sample, "What is a nebula?")

    assert answer["citations"]
    for citation in answer["citations"]:
        document = sample.get(f"/api/v1/courses/stars/documents/{citation['document_id']}").json()
        assert document["text"][citation["char_start"] : citation["char_end"]] == citation["quote"]
        assert sample.get(citation["url"]).json()["text"] == citation["quote"]


def test_a_follow_up_may_bring_its_history(sample: Sample) -> None:
    history = [{"role": "user", "content": "What is a nebula?"}, {"role": "assistant", "content": "A cloud."}]

    assert ask(sample, "And a red giant?", history=history)["query"]["asked"] == "And a red giant?"


def test_fields_of_newer_clients_are_ignored(sample: Sample) -> None:
    assert ask(sample, "What is a nebula?", colour="blue")["status"] == "answered"


@pytest.mark.parametrize(
    "question",
    [
        "",
        "   ",
        "\n\t",
        "\x00",
        "\u202e\u2066abc",
        "😀" * 200,
        "<script>alert(1)</script>",
        "что такое звезда",
        "?" * 4000,
    ],
)
def test_strange_questions_get_a_calm_answer(sample: Sample, question: str) -> None:
    answer = ask(sample, question)

    assert (answer["statements"] == []) == (answer["status"] == "not_in_course")


def test_a_lone_surrogate_is_no_text(sample: Sample) -> None:
    reply = sample.ask(
        lambda http: http.post(ASK, content=b'{"question": "\\ud800"}', headers={"content-type": "application/json"})
    )

    assert reply.status_code == 422
    assert reply.json()["errors"][0]["pointer"] == "/question"


def test_a_question_over_the_limit_is_refused_with_the_limit(sample: Sample) -> None:
    assert sample.post(ASK, {"question": "a" * 4000}).status_code == 200
    reply = sample.post(ASK, {"question": "a" * 4001})

    assert reply.status_code == 422
    assert reply.json()["code"] == "question_too_long"
    assert "4000" in reply.json()["detail"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/question"),
        ({"question": 7}, "/question"),
        ({"question": None}, "/question"),
        ({"question": "x", "history": "y"}, "/history"),
        ({"question": "x", "history": [{"role": "system", "content": "y"}]}, "/history/0/role"),
        ({"question": "x", "history": [{"role": "user", "content": "y"}] * 51}, "/history"),
        ({"question": "x", "history": [{"role": "user", "content": "y" * 20_001}]}, "/history/0/content"),
    ],
)
def test_a_body_that_does_not_fit_is_refused_where_it_does_not(
    sample: Sample, body: dict[str, Any], pointer: str
) -> None:
    reply = sample.post(ASK, body)

    assert reply.status_code == 422
    assert pointer in [error["pointer"] for error in reply.json()["errors"]]


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b"\xff", b'{"question": NaN}', b'"x"', b"9" * 10_000])
def test_what_is_not_a_question_in_json_is_refused(sample: Sample, content: bytes) -> None:
    reply = sample.ask(lambda http: http.post(ASK, content=content, headers={"content-type": "application/json"}))

    assert reply.status_code in (400, 422)
    assert reply.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_taken(sample: Sample, media_type: str) -> None:
    headers = {"content-type": media_type} if media_type else {}

    reply = sample.ask(lambda http: http.post(ASK, content=b'{"question": "x"}', headers=headers))

    assert reply.status_code == 415
    assert reply.json()["code"] == "unsupported_media_type"


def test_search_gives_passages_best_first_and_where_they_stand(sample: Sample) -> None:
    found = sample.post("/api/v1/courses/stars/search", {"query": "red giant", "top_k": 2}).json()

    text = sample.get("/api/v1/courses/stars/documents/lesson").json()["text"]
    assert [hit["rank"] for hit in found["hits"]] == [1, 2]
    assert "red giant" in found["hits"][0]["text"]
    for hit in found["hits"]:
        assert text[hit["char_start"] : hit["char_end"]] == hit["text"]
    assert sample.post("/api/v1/courses/stars/search", {"query": " "}).json()["hits"] == []


def test_search_knows_its_own_course_only(sample: Sample) -> None:
    found = sample.post("/api/v1/courses/cells/search", {"query": "red giant nebula stars", "top_k": 50}).json()

    assert found["hits"]
    assert not any("nebula" in hit["text"] or "giant" in hit["text"] for hit in found["hits"])


@pytest.mark.parametrize("top_k", [0, -1, 51, 10**30, "3", 2.5, True])
def test_search_bounds_how_many(sample: Sample, top_k: Any) -> None:
    assert sample.post("/api/v1/courses/stars/search", {"query": "red giant", "top_k": top_k}).status_code == 422


# --- server-sent events -----------------------------------------------------------------------------------------------


def events(sample: Sample, question: str) -> tuple[httpx.Response, list[ServerSentEvent]]:
    async def exchange() -> tuple[httpx.Response, list[ServerSentEvent]]:
        headers = {"accept": "text/event-stream"}
        async with sample.client() as http, http.stream("POST", ASK, json={"question": question}, headers=headers) as r:
            return r, [event async for event in EventSource(r).aiter_sse()]

    return asyncio.run(exchange())


def test_the_events_of_an_answer_add_up_to_the_answer(sample: Sample) -> None:
    _, sent = events(sample, "What is a nebula?")

    meta, *between, done = [(event.event, json.loads(event.data)) for event in sent]
    answer = done[1]
    statements = [data for name, data in between if name == "delta"]
    assert (meta[0], done[0]) == ("meta", "done")
    assert {name for name, _ in between} == {"citation", "delta"}
    assert [data for name, data in between if name == "citation"] == answer["citations"]
    assert [statement.pop("statement") for statement in statements] == list(range(len(statements)))
    assert statements == answer["statements"]
    assert {field: answer[field] for field in set(meta[1]) - {"course_id"}} == {
        field: value for field, value in meta[1].items() if field != "course_id"
    }


def test_the_last_event_equals_the_json_reply(sample: Sample) -> None:
    answer = ask(sample, "What is a nebula?")
    _, sent = events(sample, "What is a nebula?")

    streamed = json.loads(sent[-1].data)
    for changing in ("answer_id", "timing_ms"):
        answer.pop(changing), streamed.pop(changing)
    assert streamed == answer


def test_a_citation_comes_before_the_first_statement_that_uses_it(sample: Sample) -> None:
    _, sent = events(sample, "What is a nebula?")

    known: set[int] = set()
    for event in sent:
        data = json.loads(event.data)
        if event.event == "citation":
            known.add(data["marker"])
        elif event.event == "delta":
            assert set(data["citations"]) <= known


def test_a_refusal_streams_without_statements(sample: Sample) -> None:
    _, sent = events(sample, "")

    assert [event.event for event in sent] == ["meta", "done"]
    assert json.loads(sent[-1].data)["status"] == "not_in_course"


def test_a_stream_tells_proxies_not_to_hold_it_back(sample: Sample) -> None:
    reply, _ = events(sample, "What is a nebula?")

    assert reply.headers["content-type"].startswith("text/event-stream")
    assert reply.headers["x-accel-buffering"] == "no"
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "question", "status"),
    [("/api/v1/courses/none/ask", "x", 404), (ASK, "a" * 5000, 422)],
)
def test_errors_before_the_first_event_are_plain_http_errors(
    sample: Sample, path: str, question: str, status: int
) -> None:
    reply = sample.post(path, {"question": question}, accept="text/event-stream")

    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
