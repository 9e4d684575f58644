"""A stream tells that it is alive and how it ends: with the answer, an error, the key or the service."""

import asyncio
import json
import threading
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from held_answers import ASK, Held, begun
from httpx_sse import EventSource
from service_samples import Sample, make_sample, running
from sqlalchemy.exc import OperationalError

from tutor.api import events
from tutor.api.identity import Access
from tutor.api.limits import Limits
from tutor.api.stream_shares import StreamShares
from tutor.records.asking import Asking
from tutor.state import keys
from ui import asgi

pytest_plugins = ("held_answers",)


def test_a_question_that_is_held_streams_heartbeats_and_then_its_answer(
    sample: Sample, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "GRACE_S", 0.01)
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.02)

    async def exchange() -> str:
        async with sample.client() as http:
            asking = asyncio.ensure_future(
                http.post(ASK, json={"question": "What is a nebula?"}, headers={"accept": "text/event-stream"})
            )
            await begun(held)
            await asyncio.sleep(0.2)  # some heartbeats' time
            held.release.set()
            return (await asking).text

    text = asyncio.run(exchange())

    assert text.startswith(": ")
    assert text.count(": still working\n\n") > 1
    assert "event: meta" in text
    assert "event: done" in text


def test_an_answer_that_fails_midway_ends_in_an_error_event(
    sample: Sample, held: Held, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(events, "GRACE_S", 0.01)

    def failing(*_: Any, **__: Any) -> None:
        held.begun.release()
        held.release.wait(20)
        raise RuntimeError("canary words of a learner")

    monkeypatch.setattr(Asking, "ask", failing)

    async def exchange() -> str:
        async with sample.client() as http:
            asking = asyncio.ensure_future(
                http.post(ASK, json={"question": "x"}, headers={"accept": "text/event-stream"})
            )
            await begun(held)
            await asyncio.sleep(0.1)  # past the grace
            held.release.set()
            return (await asking).text

    text = asyncio.run(exchange())

    event, _, data = text.rpartition("event: ")[2].partition("\ndata: ")
    assert event == "error"
    assert json.loads(data)["code"] == "internal_error"
    assert "canary" not in text + caplog.text


def test_one_caller_cannot_hold_many_streams(held: Held, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "GRACE_S", 0.01)
    sample = make_sample(tmp_path, library=held.library, max_concurrent_asks=4)
    _, other = sample.make_key()

    async def exchange(http: httpx.AsyncClient) -> tuple[httpx.Response, httpx.Response, list[httpx.Response]]:
        stream = {"accept": "text/event-stream"}
        open_ones = [asyncio.ensure_future(http.post(ASK, json={"question": "x"}, headers=stream)) for _ in range(8)]
        for _ in range(4):
            await begun(held)
        refused = await http.post(ASK, json={"question": "x"}, headers=stream)
        elsewhere = asyncio.ensure_future(
            http.post(ASK, json={"question": "x"}, headers={**stream, "authorization": f"Bearer {other}"})
        )
        await asyncio.sleep(0)
        held.release.set()
        return refused, await elsewhere, [await one for one in open_ones]

    refused, elsewhere, answered = sample.ask(exchange)

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_streams")
    assert refused.headers["retry-after"]
    assert elsewhere.status_code == 200
    assert [reply.status_code for reply in answered] == [200] * 8
    assert sample.post(ASK, {"question": "x"}, accept="text/event-stream").status_code == 200


def test_there_are_so_many_streams_in_all_whoever_has_them(
    held: Held, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "GRACE_S", 0.01)
    monkeypatch.setattr(asgi, "Limits", partial(Limits, streams_in_all=2))
    sample = make_sample(tmp_path, library=held.library, max_concurrent_asks=2)
    _, other = sample.make_key()

    async def exchange(http: httpx.AsyncClient) -> tuple[httpx.Response, list[httpx.Response]]:
        stream = {"accept": "text/event-stream"}
        open_ones = [asyncio.ensure_future(http.post(ASK, json={"question": "x"}, headers=stream)) for _ in range(2)]
        for _ in open_ones:
            await begun(held)
        third = {**stream, "authorization": f"Bearer {other}"}
        refused = await http.post(ASK, json={"question": "x"}, headers=third)
        held.release.set()
        return refused, [await one for one in open_ones]

    refused, answered = sample.ask(exchange)

    assert (refused.status_code, refused.json()["code"]) == (503, "over_capacity")
    assert refused.headers["retry-after"]
    assert [reply.status_code for reply in answered] == [200] * 2


def test_at_the_end_streams_close_with_an_event_and_readiness_is_taken_back(
    sample: Sample, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "GRACE_S", 0.01)

    async def exchange(origin: str) -> tuple[list[Any], httpx.Response, httpx.Response]:
        headers = {"authorization": f"Bearer {sample.key}", "accept": "text/event-stream"}
        async with httpx.AsyncClient(base_url=origin, headers=headers, timeout=20) as http:
            async with http.stream("POST", ASK, json={"question": "x"}) as stream:
                await begun(held)
                sample.service.end_streams()
                sent = [event async for event in EventSource(stream).aiter_sse()]
            return sent, await http.get("/readyz"), await http.post(ASK, json={"question": "x"})

    with running(sample.service) as origin:
        sent, ready, asked_late = asyncio.run(exchange(origin))
        held.release.set()

    assert [event.event for event in sent] == ["error"]
    assert json.loads(sent[0].data)["code"] == "shutting_down"
    assert ready.status_code == 503
    assert ready.json()["reasons"] == ["the service is shutting down"]
    assert asked_late.status_code == 503


def test_a_stream_goes_on_while_the_database_cannot_say_whether_its_key_is_good(
    held: Held, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "GRACE_S", 0.01)
    monkeypatch.setattr(asgi, "Limits", partial(Limits, caller_recheck_s=0.05))
    sample = make_sample(tmp_path, library=held.library)
    looked = threading.Semaphore(0)

    def away(*_: object) -> None:
        looked.release()
        raise OperationalError("select", {}, Exception())

    async def exchange(origin: str) -> list[Any]:
        headers = {"authorization": f"Bearer {sample.key}", "accept": "text/event-stream"}
        async with (
            httpx.AsyncClient(base_url=origin, headers=headers, timeout=20) as http,
            http.stream("POST", ASK, json={"question": "x"}) as stream,
        ):
            await begun(held)
            monkeypatch.setattr(Access, "identify", away)
            for _ in range(2):
                assert await asyncio.to_thread(looked.acquire, timeout=10), "nobody looked"
            held.release.set()
            return [event async for event in EventSource(stream).aiter_sse()]

    with running(sample.service) as origin:
        sent = asyncio.run(exchange(origin))

    assert sent[-1].event == "done"


def test_a_stream_ends_with_the_key_that_opened_it(held: Held, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "GRACE_S", 0.01)
    monkeypatch.setattr(asgi, "Limits", partial(Limits, caller_recheck_s=0.05))
    sample = make_sample(tmp_path, library=held.library)
    key, secret = sample.make_key()

    async def exchange(origin: str) -> list[Any]:
        headers = {"authorization": f"Bearer {secret}", "accept": "text/event-stream"}
        async with (
            httpx.AsyncClient(base_url=origin, headers=headers, timeout=20) as http,
            http.stream("POST", ASK, json={"question": "x"}) as stream,
        ):
            await begun(held)
            with sample.access.database.writing() as connection:
                keys.revoke(connection, key.key_id)
            return [event async for event in EventSource(stream).aiter_sse()]

    with running(sample.service) as origin:
        sent = asyncio.run(exchange(origin))
        held.release.set()

    assert [event.event for event in sent] == ["error"]
    assert json.loads(sent[0].data)["code"] == "unauthenticated"


def test_a_service_that_starts_again_counts_its_streams_again(sample: Sample) -> None:
    shares = StreamShares(sample.access.database)  # as where several processes count together

    async def take_and_give_back() -> str:
        stream_id = await shares.take("somebody", 1)
        shares.give_back(stream_id, "somebody")
        shares.close()
        return stream_id

    taken = [asyncio.run(take_and_give_back()) for _ in range(2)]

    assert all(taken)
    assert len(set(taken)) == 2
