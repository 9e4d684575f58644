"""Questions are worked on beside the event loop, so many at a time; more is refused at once."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import httpx
import pytest
from held_answers import ASK, CELLS, Held, ask, begun, full_line, n_waiting
from service_samples import Sample, running

from tutor.api.work import QUEUED_PER_THREAD
from tutor.records.asking import Asking

pytest_plugins = ("held_answers",)


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
        others = n_waiting()
        admitted = [ask(http) for _ in range(capacity)]
        await full_line(others)
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
        others = n_waiting()
        crowd = [ask(http) for _ in range(1 + QUEUED_PER_THREAD)]
        await full_line(others)
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
