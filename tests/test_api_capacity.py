"""Work goes on beside the event loop, so much at a time; more is refused at once; the end is announced to streams."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from httpx_sse import EventSource
from service_samples import Sample, make_library, make_sample, running
from sqlalchemy.exc import OperationalError
from starlette.requests import Request
from starlette.types import Message

from tutor.api import events
from tutor.api.identity import Access
from tutor.api.limits import Limits
from tutor.api.work import QUEUED_PER_THREAD, ClientLeft, GaveWay, OverCapacity, TookTooLong, Workers
from tutor.library import Library
from tutor.records.asking import Asking
from tutor.state import keys
from ui import asgi

STARS = "stars"
ASK, CELLS = f"/api/v1/courses/{STARS}/ask", "/api/v1/courses/cells/ask"


class Held:
    """A library whose answers wait until they are released."""

    def __init__(self, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
        self.library = library
        self.begun = threading.Semaphore(0)
        self.release = threading.Event()
        answer = Asking.ask

        def waiting(asking: Asking, *arguments: Any, **named: Any) -> Any:
            self.begun.release()
            assert self.release.wait(20), "nobody released the answers"
            return answer(asking, *arguments, **named)

        monkeypatch.setattr(Asking, "ask", waiting)


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    holding = Held(make_library(tmp_path), monkeypatch)
    yield holding
    holding.release.set()


@pytest.fixture
def sample(held: Held, tmp_path: Path) -> Sample:
    # Uncounted, so that questions are queued in the order in which they are sent.
    uncounted = dict.fromkeys(("key_asks_per_minute", "key_asks_per_day", "course_asks_per_day"), 0)
    return make_sample(tmp_path, library=held.library, max_concurrent_asks=1, **uncounted)


def ask(http: httpx.AsyncClient, path: str = ASK) -> "asyncio.Task[httpx.Response]":
    return asyncio.ensure_future(http.post(path, json={"question": "What is a nebula?"}))


async def begun(held: Held) -> None:
    assert await asyncio.to_thread(held.begun.acquire, timeout=10), "no answer was begun"


def test_everything_else_answers_while_a_question_is_worked_on(sample: Sample, held: Held) -> None:
    async def exchange(http: httpx.AsyncClient) -> list[int]:
        asking = ask(http)
        await begun(held)
        paths = ["/livez", "/readyz", "/api/v1/courses", "/api/v1/courses/stars/glossary", "/openapi.json"]
        statuses = [(await http.get(path)).status_code for path in paths]
        assert not asking.done()
        held.release.set()
        return [*statuses, (await asking).status_code]

    assert sample.ask(exchange) == [200] * 6


def test_over_capacity_is_refused_at_once_and_passes(sample: Sample, held: Held) -> None:
    capacity = 1 + QUEUED_PER_THREAD

    async def exchange(http: httpx.AsyncClient) -> tuple[list[httpx.Response], list[httpx.Response], httpx.Response]:
        admitted = [ask(http) for _ in range(capacity)]
        await begun(held)
        refused = [
            await http.post(path, json=body)
            for path, body in ((ASK, {"question": "x"}), (ASK.replace("ask", "search"), {"query": "x"}))
        ]
        assert not any(asking.done() for asking in admitted)
        held.release.set()
        answered = [await asking for asking in admitted]
        return refused, answered, await http.post(ASK, json={"question": "x"})

    refused, answered, afterwards = sample.ask(exchange)

    assert [reply.status_code for reply in refused] == [503, 503]
    assert all(reply.json()["code"] == "over_capacity" and reply.headers["retry-after"] for reply in refused)
    assert [reply.status_code for reply in answered] == [200] * capacity
    assert afterwards.status_code == 200


def test_a_crowd_at_one_course_leaves_room_for_another(sample: Sample, held: Held) -> None:
    async def exchange(origin: str) -> tuple[list[httpx.Response], httpx.Response, list[httpx.Response]]:
        headers = {"authorization": f"Bearer {sample.key}"}
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=origin, headers=headers, timeout=20, limits=limits) as http:
            crowd = {ask(http) for _ in range(2 + QUEUED_PER_THREAD)}
            (refused,), crowd = await asyncio.wait(crowd, return_when=asyncio.FIRST_COMPLETED)  # the line is full
            other = ask(http, CELLS)
            (gave_way,), crowd = await asyncio.wait(crowd, return_when=asyncio.FIRST_COMPLETED)
            held.release.set()
            return [refused.result(), gave_way.result()], await other, [await each for each in crowd]

    with running(sample.service) as origin:
        refused, other, answered = asyncio.run(exchange(origin))

    assert other.status_code == 200
    assert [(reply.json()["code"], reply.headers["retry-after"]) for reply in refused] == [("over_capacity", "2")] * 2
    assert [reply.status_code for reply in answered] == [200] * QUEUED_PER_THREAD


@pytest.mark.parametrize("slash", ["/", "\\/"])
def test_a_course_that_only_the_body_names_has_its_share_too(sample: Sample, held: Held, slash: str) -> None:
    async def exchange(http: httpx.AsyncClient) -> tuple[httpx.Response, httpx.Response]:
        crowd = [ask(http) for _ in range(1 + QUEUED_PER_THREAD)]
        await begun(held)
        refused = await complete(http, f"tutor{slash}stars")
        other = asyncio.ensure_future(complete(http, f"tutor{slash}cells"))
        await asyncio.wait(crowd, return_when=asyncio.FIRST_COMPLETED)  # whoever gave way
        held.release.set()
        await asyncio.gather(*crowd)
        return refused, await other

    refused, other = sample.ask(exchange)

    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "over_capacity")
    assert other.status_code == 200


def complete(http: httpx.AsyncClient, model: str) -> Coroutine[Any, Any, httpx.Response]:
    body = f'{{"model": "{model}", "messages": [{{"role": "user", "content": "What is a cell?"}}]}}'
    return http.post("/v1/chat/completions", content=body, headers={"content-type": "application/json"})


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


def test_a_defect_is_a_calm_500_whose_words_stay_inside(
    sample: Sample, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(*_: Any, **__: Any) -> None:
        raise RuntimeError("canary words of a learner")

    monkeypatch.setattr(Asking, "ask", failing)

    reply = sample.post(ASK, {"question": "x"})

    assert reply.status_code == 500
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["request_id"] == reply.headers["x-request-id"]
    assert "canary" not in reply.text + caplog.text
    defect = next(record for record in caplog.records if record.getMessage().startswith("defect"))
    assert vars(defect)["fields"]["error"] == "RuntimeError"


# --- the pool itself --------------------------------------------------------------------------------------------------


def request(receive: Callable[[], Any]) -> Request:
    return Request({"type": "http", "method": "GET", "headers": []}, receive)


async def staying() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


async def leaving() -> Message:
    return {"type": "http.disconnect"}


def test_work_that_takes_too_long_is_given_up() -> None:
    release = threading.Event()
    workers = Workers(1, deadline_s=0.01)

    with pytest.raises(TookTooLong):
        asyncio.run(workers.run(lambda: release.wait(20), request(staying), STARS))

    release.set()
    workers.close()


def test_work_that_nobody_waits_for_is_dropped_before_it_begins() -> None:
    release, done = threading.Event(), []
    workers = Workers(1)

    async def exchange() -> None:
        running_work = workers.submit(lambda: release.wait(20), request(staying), STARS)
        with pytest.raises(ClientLeft):
            await workers.run(lambda: done.append("dropped"), request(leaving), STARS)
        release.set()
        await running_work
        await workers.run(lambda: done.append("last"), request(staying), STARS)

    asyncio.run(exchange())

    assert done == ["last"]
    workers.close()


def test_dropped_work_gives_its_place_back() -> None:
    release = threading.Event()
    workers = Workers(1)

    async def exchange() -> None:
        first = workers.submit(lambda: release.wait(20), request(staying), STARS)
        for _ in range(10 * QUEUED_PER_THREAD):
            workers.submit(lambda: None, request(staying), STARS).cancel()
            await asyncio.sleep(0)
        waiting = [workers.submit(lambda: None, request(staying), STARS) for _ in range(QUEUED_PER_THREAD)]
        with pytest.raises(OverCapacity):
            workers.submit(lambda: None, request(staying), STARS)
        release.set()
        await asyncio.gather(first, *waiting)

    asyncio.run(exchange())
    workers.close()


def test_names_that_are_no_courses_share_one_turn() -> None:
    release = threading.Event()
    workers = Workers(1, knows={"stars", "cells"}.__contains__)

    async def exchange() -> int:
        courses = ["stars"] * (1 + QUEUED_PER_THREAD) + [f"invented {number}" for number in range(QUEUED_PER_THREAD)]
        joined = [workers.submit(lambda: release.wait(20), request(staying), STARS)]
        for course in courses[1:]:
            with suppress(OverCapacity):
                joined.append(workers.submit(lambda: None, request(staying), course))
        release.set()
        done = await asyncio.gather(*joined, return_exceptions=True)
        return sum(isinstance(one, GaveWay) for one in done)

    n_gave_way = asyncio.run(exchange())

    assert n_gave_way == QUEUED_PER_THREAD // 2
    workers.close()


def test_who_gives_way_is_told_and_work_that_was_left_is_not_done() -> None:
    release, done = threading.Event(), []
    workers = Workers(1)

    async def exchange() -> BaseException | None:
        first = workers.submit(lambda: release.wait(20), request(staying), STARS)
        waiting = [
            workers.submit(partial(done.append, number), request(staying), STARS) for number in range(QUEUED_PER_THREAD)
        ]
        other = workers.submit(partial(done.append, "other"), request(staying), "cells")
        waiting[0].cancel()
        await asyncio.wait([waiting[-1]])
        release.set()
        await asyncio.gather(first, other, *waiting[1:-1])
        return waiting[-1].exception()

    told = asyncio.run(exchange())

    assert isinstance(told, GaveWay)
    assert done == [1, "other", *range(2, QUEUED_PER_THREAD - 1)]
    workers.close()


def test_in_a_crowd_fewer_work_at_once_until_it_is_gone() -> None:
    workers, lock = Workers(2), threading.Lock()
    working, most_working, waiting = 0, [], 2 * QUEUED_PER_THREAD

    def work(begun: threading.Semaphore | None = None, go_on: threading.Event | None = None) -> None:
        nonlocal working, waiting
        if begun and go_on:
            begun.release()
            assert go_on.wait(20)
            return
        with lock:
            working += 1
            waiting -= 1
            most_working.append((waiting, working))
        time.sleep(0.001)  # gives the other thread its chance
        with lock:
            working -= 1

    async def exchange() -> None:
        begun, go_on = threading.Semaphore(0), threading.Event()
        first = [workers.submit(partial(work, begun, go_on), request(staying), STARS) for _ in range(2)]
        for _ in first:
            assert await asyncio.to_thread(begun.acquire, timeout=10)
        crowd = [workers.submit(work, request(staying), STARS) for _ in range(2 * QUEUED_PER_THREAD)]
        go_on.set()
        await asyncio.gather(*first, *crowd)

    asyncio.run(exchange())

    # The two that worked before the line was full may each have begun one more.
    in_the_crowd = [n for left, n in most_working[2:] if left > QUEUED_PER_THREAD]
    assert max(in_the_crowd) == 1
    assert len(most_working) == 2 * QUEUED_PER_THREAD
    workers.close()


def test_long_work_does_not_keep_a_crowd_waiting() -> None:
    workers, done = Workers(2), []
    release_long, release_short, begun = threading.Event(), threading.Event(), threading.Semaphore(0)

    def held_until(released: threading.Event) -> None:
        begun.release()
        assert released.wait(20)

    async def exchange() -> None:
        long, short = (
            workers.submit(partial(held_until, released), request(staying), STARS)
            for released in (release_long, release_short)
        )
        for _ in (long, short):
            assert await asyncio.to_thread(begun.acquire, timeout=10)
        crowd = [
            workers.submit(partial(done.append, number), request(staying), STARS)
            for number in range(2 * QUEUED_PER_THREAD)
        ]
        release_short.set()
        await asyncio.wait_for(asyncio.gather(short, *crowd), 10)
        release_long.set()
        await long

    asyncio.run(exchange())

    assert done == list(range(2 * QUEUED_PER_THREAD))
    workers.close()


# --- many streams, and the end ----------------------------------------------------------------------------------------


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
