"""Processes that serve together: streams counted across them, and nobody believed who only pretends to be one."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from raw_requests import send_raw
from service_samples import make_parts, make_sample, running
from sqlalchemy import func, select
from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from tutor.api.siblings import FromSiblings, Siblings
from tutor.api.stream_shares import StreamShares
from tutor.state.database import Database
from tutor.state.session_tables import open_streams
from ui import asgi

pytest_plugins = ["postgres_server"]

CLAIM = (b"x-course-tutor-received", b'{"client": ["203.0.113.7", 1], "server": ["10.0.0.1", 80], "scheme": "https"}')


async def told(scope: Scope, receive: Receive, send: Send) -> None:
    """Says what it was told of the request."""
    names = [name.decode() for name, _ in scope["headers"]]
    await JSONResponse([scope["client"], scope["server"], scope["scheme"], names])(scope, receive, send)


def test_only_a_siblings_word_counts_on_who_the_client_is() -> None:
    async def from_sibling(scope: Scope, receive: Receive, send: Send) -> None:
        await FromSiblings(told)({**scope, "state": {"from_sibling": True}}, receive, send)

    headers = [(b"host", b"127.0.0.1"), CLAIM]
    sibling = json.loads(send_raw(from_sibling, "/", headers=headers).body)
    pretender = json.loads(send_raw(FromSiblings(told), "/", headers=headers).body)

    assert sibling == [["203.0.113.7", 1], ["10.0.0.1", 80], "https", ["host"]]
    assert pretender == [["127.0.0.1", 50_000], ["127.0.0.1", 8000], "http", ["host"]]


def test_what_is_passed_on_keeps_the_id_that_its_first_receiver_gave_it(tmp_path: Path) -> None:
    heads: list[bytes] = []
    replied: list[Message] = []

    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    async def staying() -> Message:
        await asyncio.Event().wait()
        return {}

    async def send(message: Message) -> None:
        replied.append(message)

    async def pass_on() -> None:
        sockets = [tmp_path / "0", tmp_path / "1"]
        scope = {
            "type": "http", "method": "GET", "raw_path": b"/x", "query_string": b"", "scheme": "http",
            "headers": [(b"host", b"127.0.0.1"), (b"x-request-id", b"not one id")], "state": {"request_id": "the-id"},
        }  # fmt: skip
        async with await asyncio.start_unix_server(other, sockets[1]):
            await Siblings(sockets, 0).forward(1, scope, b"", staying, send)

    asyncio.run(pass_on())

    named = [line for line in heads[0].split(b"\r\n") if line.lower().startswith(b"x-request-id")]
    assert named == [b"x-request-id: the-id"]
    assert replied[0]["status"] == 204


def test_every_process_knows_the_same_home_of_a_tab() -> None:
    processes = [Siblings([Path(), Path(), Path()], slot) for slot in range(3)]

    homes = {
        tab: [slot for slot, each in enumerate(processes) if each.elsewhere(tab) is None] for tab in map(str, range(60))
    }

    assert all(len(home) == 1 for home in homes.values())
    assert {home[0] for home in homes.values()} == {0, 1, 2}


def test_the_streams_of_a_caller_are_counted_across_processes(database: Database) -> None:
    async def take() -> list[bool]:
        here, there = StreamShares(database), StreamShares(database)
        taken = [await here.take("ada", 4) for _ in range(3)]
        others = [await there.take("ada", 4), await there.take("ada", 4), await there.take("bob", 4)]
        here.give_back(taken[0], "ada")
        here.close()  # waits until the others know
        again = [await there.take("ada", 4), await there.take("ada", 4)]
        return [bool(stream_id) for stream_id in (*taken, *others, *again)]

    assert asyncio.run(take()) == [True, True, True, True, False, True, True, False]


def test_a_service_that_ends_waits_until_the_others_know_of_its_last_streams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = make_parts(tmp_path)
    shares = StreamShares(parts.database)
    left: list[int] = []

    def rows() -> int:
        with parts.database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(open_streams)).scalar_one())

    def close(*, waits: Callable[[], None] = shares.close) -> None:
        waits()
        left.append(rows())

    monkeypatch.setattr(shares, "close", close)
    monkeypatch.setattr(asgi, "StreamShares", lambda _: shares)
    sample = make_sample(tmp_path, parts=parts)
    headers = {"authorization": f"Bearer {sample.key}", "accept": "text/event-stream"}
    with running(sample.service) as origin:
        asked = httpx.post(
            f"{origin}/api/v1/courses/stars/ask", json={"question": "What is a nebula?"}, headers=headers
        )
        shares.give_back(asyncio.run(shares.take("ada", 4)), "ada")

    assert "event: done" in asked.text
    assert left == [0]
    shares.give_back(asked.headers["x-request-id"], "ada")  # too late, which does no harm


def test_streams_of_a_process_that_died_count_no_longer_than_their_lease(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def take() -> list[bool]:
        monkeypatch.setattr("tutor.api.stream_shares.LEASE_S", -1.0)
        dead = StreamShares(database)
        left = [await dead.take("ada", 2) for _ in range(2)]
        return [bool(stream_id) for stream_id in (*left, await StreamShares(database).take("ada", 2))]

    assert asyncio.run(take()) == [True, True, True]
