"""Bodies are counted as they arrive, before anything reads them."""

import asyncio
import json
import resource
from collections.abc import Iterator

import httpx
import pytest
from raw_requests import send_raw
from service_samples import Sample, make_sample, running, shared_sample
from starlette.types import Message, Receive, Scope, Send

from tutor.api.limits import Limits, ReplyDeadline, WholeBody

LIMIT = Limits().max_body_bytes
MEGABYTE = 1_000_000
POSTS = ["/api/v1/courses/stars/ask", "/api/v1/courses/stars/search"]
CHAT_POSTS = [f"/chat/gradio_api/{name}" for name in ("queue/join", "cancel", "component_server", "component_server/")]


@pytest.fixture(scope="module")
def sample() -> Sample:
    return shared_sample()


def headers(sample: Sample, path: str, *more: tuple[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    cookie = f"{sample.access.cookie_name}={sample.log_in()}".encode()
    identity = (b"cookie", cookie) if path.startswith("/chat") else (b"authorization", f"Bearer {sample.key}".encode())
    return [(b"host", b"127.0.0.1"), (b"content-type", b"application/json"), identity, *more]


def pieces(total: int, size: int = 64 * 1024) -> Iterator[bytes]:
    while total > 0:
        yield b"a" * min(size, total)
        total -= size


@pytest.mark.parametrize("path", POSTS + CHAT_POSTS)
def test_60_megabytes_that_say_so_are_refused_unread(sample: Sample, path: str) -> None:
    declared = headers(sample, path, (b"content-length", b"60000000"))

    reply = send_raw(sample.service.app, path, method="POST", headers=declared, pieces=pieces(60 * MEGABYTE))

    assert reply.status == 413
    assert reply.pieces_taken == 0
    assert json.loads(reply.body)["code"] == "body_too_large"


@pytest.mark.parametrize("path", POSTS + CHAT_POSTS)
def test_60_megabytes_in_chunks_are_refused_at_the_limit(sample: Sample, path: str) -> None:
    chunked = headers(sample, path, (b"transfer-encoding", b"chunked"))

    reply = send_raw(sample.service.app, path, method="POST", headers=chunked, pieces=pieces(60 * MEGABYTE))

    assert reply.status == 413
    assert reply.pieces_taken * 64 * 1024 <= LIMIT + 64 * 1024


def test_a_body_that_lies_about_its_size_is_refused_at_the_limit(sample: Sample) -> None:
    lying = headers(sample, POSTS[0], (b"content-length", b"100"))

    reply = send_raw(sample.service.app, POSTS[0], method="POST", headers=lying, pieces=pieces(60 * MEGABYTE))

    assert reply.status == 413


def test_nobody_without_a_name_makes_us_read(sample: Sample) -> None:
    anonymous = [(b"host", b"127.0.0.1"), (b"transfer-encoding", b"chunked")]

    reply = send_raw(sample.service.app, POSTS[0], method="POST", headers=anonymous, pieces=pieces(60 * MEGABYTE))

    assert reply.status == 401
    assert reply.pieces_taken == 0


@pytest.mark.parametrize(("extra", "status"), [(0, 200), (1, 413)])
def test_the_limit_itself_is_allowed_and_one_byte_more_is_not(sample: Sample, extra: int, status: int) -> None:
    question = b'{"question": "What is a nebula?", "padding": "'
    body = question + b" " * (LIMIT - len(question) - 2 + extra) + b'"}'
    chunked = headers(sample, POSTS[0], (b"transfer-encoding", b"chunked"))

    in_chunks = send_raw(sample.service.app, POSTS[0], method="POST", headers=chunked, pieces=[body[:100], body[100:]])
    declared = sample.ask(lambda http: http.post(POSTS[0], content=body, headers={"content-type": "application/json"}))

    assert len(body) == LIMIT + extra
    assert in_chunks.status == status
    assert declared.status_code == status


@pytest.mark.parametrize("length", [b"-1", b"1e3", b"abc", b"", b"1, 2", b"9" * 30])
def test_a_length_that_is_no_number_is_refused(sample: Sample, length: bytes) -> None:
    reply = send_raw(
        sample.service.app, POSTS[0], method="POST", headers=headers(sample, POSTS[0], (b"content-length", length))
    )

    assert reply.status in (400, 413)


def test_a_deployment_sets_the_limit(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> None:
    small = make_sample(tmp_path_factory.mktemp("small"), library=sample.library, max_body_bytes=10_000)

    assert small.post(POSTS[0], {"question": "x", "padding": "a" * 11_000}).status_code == 413
    assert small.post(POSTS[0], {"question": "x", "padding": "a" * 9_000}).status_code == 200


def test_a_real_server_refuses_60_megabytes_without_keeping_them(sample: Sample) -> None:
    with running(sample.service) as origin, httpx.Client(base_url=origin, timeout=30) as http:
        http.headers["authorization"] = f"Bearer {sample.key}"
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        reply = http.post(POSTS[0], content=pieces(60 * MEGABYTE))
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert reply.status_code == 413
    assert (after - before) * 1024 < 20 * MEGABYTE


def test_a_body_that_stalls_is_given_up() -> None:
    reached = False

    async def app(_: Scope, __: Receive, ___: Send) -> None:
        nonlocal reached
        reached = True

    sent: list[Message] = []

    async def exchange() -> None:
        async def receive() -> Message:
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: Message) -> None:
            sent.append(message)

        scope: Scope = {"type": "http", "path": "/x", "state": {}, "headers": [(b"content-length", b"5")]}
        await WholeBody(app, Limits(body_deadline_s=0.01))(scope, receive, send)

    asyncio.run(exchange())

    assert sent[0]["status"] == 408
    assert not reached


def test_a_reply_that_does_not_begin_is_given_up() -> None:
    async def app(_: Scope, __: Receive, ___: Send) -> None:
        await asyncio.Event().wait()

    limits = Limits(reply_deadline_s=0.01)

    async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
        await ReplyDeadline(app, limits)({**scope, "state": {}}, receive, send)

    reply = send_raw(with_state, "/x")

    assert reply.status == 503
    assert json.loads(reply.body)["code"] == "deadline_exceeded"
