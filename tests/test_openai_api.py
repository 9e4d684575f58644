"""Clients of OpenAI's API ask the courses, and read the errors."""

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from raw_requests import send_raw
from service_samples import Sample, running, shared_sample

from tutor.answer_text import cited_answer, without_sources

MODEL = "tutor/stars"
NEBULA = "nebula: A nebula is a cloud of gas and dust in space."


@pytest.fixture(scope="module")
def sample() -> Sample:
    return shared_sample()


@pytest.fixture(scope="module")
def address(sample: Sample) -> Iterator[str]:
    with running(sample.service) as origin:
        yield origin


@pytest.fixture
def client(sample: Sample, address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key=sample.key, max_retries=0) as client:
        yield client


def user(question: str) -> list[Any]:
    return [{"role": "system", "content": "You are a pirate."}, {"role": "user", "content": question}]


def test_the_openai_client_gets_a_cited_answer(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(model=MODEL, messages=user("What is a nebula?"), temperature=0.2)

    content = completion.choices[0].message.content or ""
    assert content.startswith(f"{NEBULA} [1]")
    assert f"“{NEBULA}”" in content.partition("Sources")[2]
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage is not None
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens > 0
    assert completion.id
    assert completion.system_fingerprint
    assert completion.model_extra is not None
    assert completion.model_extra["citations"][0]["quote"] == NEBULA


def test_a_streamed_completion_says_the_same_as_a_whole_one(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model=MODEL, messages=user("What is a nebula?"))

    options: Any = {"include_usage": True}
    with client.chat.completions.create(
        model=MODEL, messages=user("What is a nebula?"), stream=True, stream_options=options
    ) as stream:
        chunks = list(stream)

    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert said == whole.choices[0].message.content
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage == whole.usage


def test_a_follow_up_is_understood_from_the_messages_before(client: openai.OpenAI) -> None:
    first = user("What is a red giant?")
    said = client.chat.completions.create(model=MODEL, messages=first).choices[0].message.content
    then = [*first, {"role": "assistant", "content": said}, {"role": "user", "content": "When does it swell?"}]

    content = client.chat.completions.create(model=MODEL, messages=then).choices[0].message.content or ""

    assert "A red giant swells when the hydrogen in its core runs out." in content


def test_a_refusal_cites_nothing_and_says_so_in_the_refusal_field(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(model=MODEL, messages=user("Who won the cricket world cup?"))

    message = completion.choices[0].message
    assert message.refusal is not None
    assert message.content == message.refusal
    assert completion.model_extra == {"citations": []}


def test_the_courses_are_models(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["tutor/cells", "tutor/stars"]
    assert client.models.retrieve(MODEL).id == MODEL


def test_an_unknown_model_and_a_wrong_key_are_the_clients_own_errors(client: openai.OpenAI, address: str) -> None:
    for model in ("gpt-4o", "tutor/none", "stars"):
        with pytest.raises(openai.NotFoundError):
            client.chat.completions.create(model=model, messages=user("What is a nebula?"))
    stranger = openai.OpenAI(base_url=f"{address}/v1", api_key="ct_wrong", max_retries=0)
    with stranger, pytest.raises(openai.AuthenticationError):
        stranger.models.list()


def test_what_moodles_openai_provider_sends_gets_all_that_it_reads(sample: Sample) -> None:
    sent = {
        "model": MODEL,
        "user": "5f4dcc3b5aa765d61d8327deb882cf99",
        "messages": [
            {"role": "system", "content": "Summarise. Use no markdown."},
            {"role": "user", "content": [{"type": "text", "text": "Summarise\nWhat is a nebula?"}]},
        ],
    }

    reply = sample.ask(lambda http: http.post("/v1/chat/completions", json=sent, headers={"OpenAI-Organization": ""}))

    body = reply.json()
    assert reply.status_code == 200
    assert {"id", "system_fingerprint", "choices", "usage"} <= set(body)
    assert isinstance(body["choices"][0]["message"]["content"], str)
    assert {"prompt_tokens", "completion_tokens"} <= set(body["usage"])


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", [(b"content-type", b"application/json")], 422),
        (b'{"model": "tutor/stars", "messages": []}', [(b"content-type", b"application/json")], 422),
        (b"{}", [(b"content-type", b"text/plain")], 415),
        (b"[" * 3_000_000, [(b"content-type", b"application/json")], 413),
    ],
)
def test_every_error_below_v1_has_openais_shape(
    sample: Sample, body: bytes, headers: list[tuple[bytes, bytes]], status: int
) -> None:
    known = [
        (b"host", b"127.0.0.1"),
        (b"authorization", f"Bearer {sample.key}".encode()),
        (b"content-length", str(len(body)).encode()),
    ]

    reply = send_raw(sample.service.app, "/v1/chat/completions", method="POST", headers=known + headers, pieces=[body])

    assert reply.status == status
    error = json.loads(reply.body)["error"]
    assert error["message"]
    assert error["type"] == "invalid_request_error"
    assert "detail" not in json.loads(reply.body)


def test_history_that_quotes_an_answer_is_read_without_its_sources(sample: Sample) -> None:
    from tutor.api.wire import answer_on_wire

    answer = answer_on_wire(sample.library.tutor("stars").ask("What is a nebula?"))

    assert without_sources(cited_answer(answer)) == "\n".join(s.text for s in answer.statements)
    assert without_sources("Sources of light [1]") == "Sources of light [1]"
