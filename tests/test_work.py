"""The pool of threads: work that is given up, dropped, refused, or stands aside in a crowd."""

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any
from unittest.mock import Mock

import pytest
from starlette.requests import Request
from starlette.types import Message

from tutor.api import work as work_module
from tutor.api.work import QUEUED_PER_THREAD, ClientLeft, GaveWay, OverCapacity, TookTooLong, Workers

STARS = "stars"


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


def test_in_a_crowd_fewer_work_at_once_until_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_module, "STALLED_S", 20.0)  # a busy machine may keep who works from it for long
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


def test_work_is_let_go_of_when_it_is_done_or_failed() -> None:
    workers, kept = Workers(1), list[Any]()

    class Thing:
        pass

    def piece(*, fails: bool) -> Callable[[], None]:
        thing = Thing()
        kept.append(weakref.ref(thing))

        def work() -> None:
            assert thing
            if fails:
                raise ValueError

        return work

    async def exchange() -> None:
        waiting = [workers.submit(piece(fails=fails), request(staying), STARS) for fails in (False, True, False, True)]
        await asyncio.gather(*waiting, return_exceptions=True)

    gc.collect()
    gc.disable()
    try:
        asyncio.run(exchange())
        workers.close()
        assert [one() for one in kept] == [None] * 4
    finally:
        gc.enable()


def test_a_thread_that_cannot_be_started_costs_its_question_only(monkeypatch: pytest.MonkeyPatch) -> None:
    workers = Workers(1)

    async def exchange() -> int:
        with monkeypatch.context() as full:
            full.setattr(threading.Thread, "start", Mock(side_effect=RuntimeError("can't start new thread")))
            with pytest.raises(OverCapacity):
                workers.submit(lambda: 0, request(staying), STARS)
        return await workers.run(lambda: 1, request(staying), STARS)

    assert asyncio.run(exchange()) == 1
    workers.close()
