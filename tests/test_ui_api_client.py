"""The chat's API client: paths, cookies and events as they are; every failure in words a learner can use."""

import asyncio
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import httpx
import pytest
from answer_samples import answer, citation, query, statement
from pydantic import BaseModel
from service_samples import make_sample, running

from tutor.schemas import Answer, AskRequest, Citation, DeltaEvent, MetaEvent, Turn
from ui.api_client import AnswerEvent, ApiClient, ApiError

Handler = Callable[[httpx.Request], httpx.Response]
REQUEST = AskRequest(question="and RNNs?", history=[Turn(role="user", content="What is a CNN?")])


def client(handler: Handler) -> ApiClient:
    return ApiClient("http://tutor.test/", transport=httpx.MockTransport(handler)).on_behalf_of("session=the-secret")


def asked(handler: Handler) -> list[AnswerEvent]:
    async def collect() -> list[AnswerEvent]:
        return [event async for event in client(handler).ask("medicine", REQUEST)]

    return asyncio.run(collect())


def event_stream(*events: tuple[str, BaseModel | str]) -> httpx.Response:
    def data(content: BaseModel | str) -> str:
        return content if isinstance(content, str) else content.model_dump_json()

    text = "".join(f"event: {name}\ndata: {data(content)}\n\n" for name, content in events)
    return httpx.Response(200, headers={"content-type": "text/event-stream"}, text=text)


def meta() -> MetaEvent:
    return MetaEvent(
        answer_id="a1", course_id="medicine", status="answered", query=query(), confidence=1, generation="g1"
    )


def delta(text: str) -> DeltaEvent:
    return DeltaEvent(statement=0, **statement(text).model_dump())


def problem(status: int, detail: str = "", **headers: str) -> httpx.Response:
    fields = {"type": "about:blank", "title": "t", "status": status, "detail": detail, "instance": "/"}
    content = json.dumps(fields | {"code": "c", "request_id": "r-7"})
    return httpx.Response(status, headers={"content-type": "application/problem+json"} | headers, text=content)


def test_a_question_goes_out_with_its_history_as_whoever_asks() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return event_stream(("done", answer()))

    asked(handler)

    assert str(seen[0].url) == "http://tutor.test/api/v1/courses/medicine/ask"
    assert seen[0].headers["cookie"] == "session=the-secret"
    assert "text/event-stream" in seen[0].headers["accept"]
    assert json.loads(seen[0].content) == {
        "question": "and RNNs?",
        "history": [{"role": "user", "content": "What is a CNN?"}],
        "document_id": "",
    }


def test_events_come_in_order_and_end_with_the_answer() -> None:
    events = (
        ("meta", meta()),
        ("citation", citation()),
        ("delta", delta("A line separator \u2028 stays.")),
        ("from-the-future", "{}"),
        ("done", answer()),
        ("delta", delta("too late")),
    )

    received = asked(lambda _: event_stream(*events))

    assert [type(event) for event in received] == [MetaEvent, Citation, DeltaEvent, Answer]
    assert received[2] == events[2][1]


def test_a_stream_that_breaks_off_is_a_failure_not_an_answer() -> None:
    with pytest.raises(ApiError, match="broke off"):
        asked(lambda _: event_stream(("meta", meta())))


def test_an_error_event_is_told_in_words() -> None:
    with pytest.raises(ApiError, match="noted as r-7"):
        asked(lambda _: event_stream(("meta", meta()), ("error", problem(500).text)))


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (problem(401), "open the tutor again"),
        (problem(404, "there is no course 'x'"), "there is no course 'x'"),
        (problem(422, "the question has 5000 characters, 4000 are allowed"), "4000 are allowed"),
        (problem(429, **{"retry-after": "7"}), "wait 7 seconds"),
        (problem(503, "the index is being built"), "the index is being built"),
        (problem(500, "KeyError: 'secret'"), "Something went wrong on our side. It is noted as r-7."),
        (httpx.Response(502, text="<html>Bad gateway"), "Something went wrong on our side. Please"),
        (httpx.Response(200, text="<html>a login page</html>"), "could not be read"),
        (event_stream(("meta", "{}")), "could not be read"),
    ],
)
def test_failures_are_told_calmly(reply: httpx.Response, words: str) -> None:
    with pytest.raises(ApiError) as told:
        asked(lambda _: reply)

    assert words in told.value.words
    assert "secret" not in told.value.words


@pytest.mark.parametrize(
    ("error", "words"),
    [(httpx.ConnectError("refused"), "cannot be reached"), (httpx.ReadTimeout("silence"), "takes too long")],
)
def test_a_service_that_is_away_or_silent_is_named_so(error: httpx.TransportError, words: str) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(ApiError, match=words):
        asked(handler)


def test_ids_that_look_like_paths_stay_one_segment() -> None:
    seen: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.raw_path.decode())
        return problem(404)

    with pytest.raises(ApiError):
        asyncio.run(client(handler).document("../secret", "week 1/intro?.md"))

    assert seen == ["/api/v1/courses/..%2Fsecret/documents/week%201%2Fintro%3F.md"]


def test_a_glossary_is_read_page_by_page() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        term, following = {"": ("AI", "2"), "2": ("CNN", "3"), "3": ("RNN", None)}[request.url.params.get("cursor", "")]
        entries = [{"term": term, "aliases": [], "definitions": []}]
        return httpx.Response(200, json={"entries": entries, "next_cursor": following})

    entries = asyncio.run(client(handler).glossary("medicine"))

    assert [entry.term for entry in entries] == ["AI", "CNN", "RNN"]


def test_a_closed_client_can_be_used_again() -> None:
    async def twice(api: ApiClient) -> Iterable[object]:
        first = await api.courses()
        await api.close()
        return first, await api.courses()

    replies = asyncio.run(twice(client(lambda _: httpx.Response(200, json={"courses": []}))))

    assert tuple(replies) == ([], [])


def test_each_visitor_counts_for_their_own_address_and_not_for_the_chats(tmp_path: Path) -> None:
    sample = make_sample(tmp_path, open_to_all=True, address_asks_per_minute=1)

    async def ask_from(client: ApiClient, address: str) -> bool:
        learner = client.on_behalf_of("", address)
        try:
            return bool([event async for event in learner.ask("stars", AskRequest(question="What is a nebula?"))])
        except ApiError:
            return False
        finally:
            await client.close()

    with running(sample.service) as origin:
        answered = [asyncio.run(ask_from(ApiClient(origin), address)) for address in ("192.0.2.1", "192.0.2.2")]
        again = asyncio.run(ask_from(ApiClient(origin), "192.0.2.1"))

    assert answered == [True, True]
    assert not again
