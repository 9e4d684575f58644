"""The figures: each a function from a service that runs to what it measured, for a table and for JSON."""

import asyncio
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from asking import Connection, Tally, ask_once, ask_until, percentile_ms, probe_until
from crowd import Seen, arrive
from instance import Instance
from slow_clients import connected, head, leave_in_mid_answer, reset

Figures = dict[str, object]

MEMORY_EVERY = 500  # asks between two looks at the memory
WARM_UP_ASKS = 4000  # caches fill and allocators reach their size
CAPACITY_FOR_S = 10.0
OVERLOAD = 5
OTHERS_A_SECOND = 2.0  # questions about the other course meanwhile
NORMAL_WITHIN = 1.5  # times the p95 of before: as good as before


@dataclass(frozen=True)
class Load:
    """What is asked of whom."""

    server: Instance
    course: str
    questions: Sequence[str]
    other_course: str
    other_questions: Sequence[str]
    seconds: float
    n: int

    def connections(self, n: int, key: str = "") -> list[Connection]:
        return [Connection(self.server.origin, key or self.server.key) for _ in range(n)]


def concurrent_askers(load: Load) -> Figures:
    """``n`` people who ask again as soon as they are answered, and somebody who looks at ``/livez``."""

    async def measure() -> tuple[Tally, Tally]:
        asks, probes, ends = Tally(), Tally(), asyncio.Event()
        probing = asyncio.create_task(probe_until(load.server.origin, ends, probes))
        until = time.perf_counter() + load.seconds
        asking = (ask_until(one, load.course, load.questions, until, asks) for one in load.connections(load.n))
        await asyncio.gather(*asking)
        ends.set()
        await probing
        return asks, probes

    asks, probes = asyncio.run(measure())
    return {
        "askers": load.n,
        "seconds": load.seconds,
        "replies": asks.statuses(),
        "asks a second": round(len(asks.of(200)) / load.seconds, 1),
        **_percentiles("ask", asks.of(200)),
        **_percentiles("/livez", probes.of(200)),
        "/livez failed": probes.n - len(probes.of(200)) + sum(probes.broken.values()),
    }


def memory(load: Load) -> Figures:
    """Resident memory over ``n`` asks: its slope by least squares, after a warm-up."""
    tally = Tally()
    points: list[tuple[int, float]] = []

    async def batch(connections: Sequence[Connection], first: int) -> None:
        async def some(which: int) -> None:
            for turn in range(first + which, first + MEMORY_EVERY, len(connections)):
                await ask_once(connections[which], load.course, load.questions[turn % len(load.questions)], tally)

        await asyncio.gather(*(some(which) for which in range(len(connections))))

    async def measure() -> None:
        connections = load.connections(4)
        for done in range(0, load.n, MEMORY_EVERY):
            await batch(connections, done)
            points.append((done + MEMORY_EVERY, load.server.memory_mb()))
        for one in connections:
            one.close()

    asyncio.run(measure())
    counted = [point for point in points if point[0] > min(WARM_UP_ASKS, load.n // 2)]
    x, y = np.array([point[0] for point in counted]) / 1000, np.array([point[1] for point in counted])
    slope = float(np.polyfit(x, y, 1)[0]) if len(counted) > 1 else 0.0
    return {
        "asks": tally.n,
        "replies": tally.statuses(),
        "MB at the start": round(points[0][1], 1),
        "MB after the warm-up": round(counted[0][1], 1),
        "MB at the end": round(points[-1][1], 1),
        "MB more per 1,000 asks": round(slope, 3),
        "points": [(n, round(megabytes, 1)) for n, megabytes in points],
    }


def overload(load: Load) -> Figures:
    """Five times what the service can do, then what it can do easily; another course is asked all the time."""
    usual = asyncio.run(_for_a_while(load, 8, CAPACITY_FOR_S))
    capacity = len(usual.of(200)) / CAPACITY_FOR_S
    calm = _at_rate(load, capacity / 2, CAPACITY_FOR_S).tally
    before_mb, own_s = load.server.memory_mb(), time.process_time()
    arrived = _at_rate(load, capacity * OVERLOAD, load.seconds, other_rate=OTHERS_A_SECOND)
    own_s = time.process_time() - own_s
    normal_after_s = _until_normal(load, capacity / 2, percentile_ms(calm.of(200), 0.95) * NORMAL_WITHIN)
    crowd, other = arrived.tally, arrived.other
    refused = crowd.of(429, 503)
    return {
        "capacity, asks a second": round(capacity, 1),
        "offered, asks a second": round(capacity * OVERLOAD, 1),
        "replies": crowd.statuses(),
        **_percentiles("admitted", crowd.of(200)),
        "p95 at capacity ms": percentile_ms(usual.of(200), 0.95),
        **_percentiles("refused", refused),
        "refused after more than 200 ms": sum(seconds > 0.2 for seconds in refused),
        "refused without Retry-After": crowd.no_retry_after + other.no_retry_after,
        "other course, replies": other.statuses(),
        **_percentiles("other course", other.of(200)),
        "normal again after s": normal_after_s,
        "MB": [round(before_mb, 1), round(load.server.memory_mb(), 1)],
        "crowd sent late, p99 ms": percentile_ms(sorted(arrived.seen.sent_late_s), 0.99),
        "crowd read late, p99 ms": percentile_ms(sorted(arrived.seen.read_late_s), 0.99),
        "crowd's connections": arrived.seen.most_open,
        "crowd's processor s": round(own_s, 1),
    }


async def _for_a_while(load: Load, n: int, seconds: float) -> Tally:
    tally, until = Tally(), time.perf_counter() + seconds
    asking = (ask_until(one, load.course, load.questions, until, tally) for one in load.connections(n))
    await asyncio.gather(*asking)
    return tally


@dataclass(frozen=True)
class Arrived:
    """What became of a crowd's questions, and of those about another course."""

    seen: Seen
    tally: Tally
    other: Tally


def _at_rate(load: Load, rate: float, seconds: float, *, other_rate: float = 0.0) -> Arrived:
    """Questions come when they come, not when the one before is answered."""
    one = Connection(load.server.origin, load.server.key)
    requests = [one.request(load.course, question) for question in load.questions]
    n_own = len(requests)
    requests += [one.request(load.other_course, question) for question in load.other_questions]
    due = [(turn / rate, turn % n_own) for turn in range(int(rate * seconds))]
    if other_rate:
        n_other = len(load.other_questions)
        due += [(turn / other_rate, n_own + turn % n_other) for turn in range(int(other_rate * seconds))]
    seen = arrive(one.address, requests, sorted(due))
    own, other = Tally(broken=seen.broken), Tally()
    for reply in seen.replies:
        tally = own if reply.who < n_own else other
        tally.note(reply.status, reply.took_s)
        tally.no_retry_after += reply.status in (429, 503) and not reply.waits
    return Arrived(seen, own, other)


def _until_normal(load: Load, rate: float, p95_ms: float) -> float:
    began = time.perf_counter()
    while time.perf_counter() - began < 60:
        second = _at_rate(load, rate, 1.0).tally
        answered = second.of(200)
        everybody = answered and len(answered) == second.n and not second.broken
        if everybody and percentile_ms(answered, 0.95) <= p95_ms:
            break
    return round(max(0.0, time.perf_counter() - began - 1.0), 1)  # the last second was normal


def slow_connections(load: Load) -> Figures:
    """``n`` connections that bring half a head or a body of a byte a second, and somebody who asks."""
    slow: list[socket.socket] = []
    for turn in range(load.n):
        connection = connected(load.server.origin)
        whole = head(
            "POST", "/api/v1/courses/x/ask", load.server.key, content_type="application/json", content_length=99
        )
        connection.sendall((b"", b"GET /livez HTTP/1.1\r\nHost: local", whole + b"{")[turn % 3])
        slow.append(connection)

    tally = _at_rate(load, 5.0, load.seconds).tally
    still_open = sum(not _is_closed(connection) for connection in slow)
    for connection in slow:
        reset(connection)
    return {
        "slow connections": load.n,
        "seconds": load.seconds,
        "still open at the end": still_open,
        "replies": tally.statuses(),
        **_percentiles("ask", tally.of(200)),
    }


def _is_closed(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        while connection.recv(4096):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def leavers(load: Load) -> Figures:
    """``n`` people who ask and go in the middle of the answer, of two courses by turns."""
    origin, key = load.server.origin, load.server.key
    courses = ((load.course, load.questions), (load.other_course, load.other_questions))
    before_mb = 0.0
    foreign = 0
    for turn in range(load.n):
        course, questions = courses[turn % 2]
        question = questions[turn % len(questions)]
        path = f"/api/v1/courses/{course}/ask"
        read = turn * 37 % 2000
        found = leave_in_mid_answer(origin, path, key, question, stream=turn % 3 > 0, read=read)
        foreign += courses[1 - turn % 2][0].encode() in found
        if turn == load.n // 5:
            before_mb = load.server.memory_mb()
    time.sleep(2)
    return {
        "left": load.n,
        "read text of another course": foreign,
        "MB after a fifth": round(before_mb, 1),
        "MB at the end": round(load.server.memory_mb(), 1),
    }


def start_up(load: Load) -> Figures:
    """``n`` starts with a built index: until the link is printed, until ``/livez`` answers, until it is ready."""
    times: list[dict[str, float]] = []
    for _ in range(load.n):
        load.server.terminate()
        began = time.monotonic()
        listening = load.server.start(ready=False)
        with load.server.client() as http:
            http.get("/livez")
            alive = time.monotonic() - began
            while http.get("/readyz").status_code != 200:
                time.sleep(0.02)
        times.append({"link": listening, "livez": alive, "ready": time.monotonic() - began})
    return {
        "starts": load.n,
        **{f"{name} s, median": round(float(np.median([each[name] for each in times])), 2) for name in times[0]},
        "ready s, worst": round(max(each["ready"] for each in times), 2),
        "imports that take longest, ms": _imports(),
    }


def _imports() -> dict[str, int]:
    """Milliseconds of the packages that ``ui.asgi`` brings along, each with all that it brings along itself."""
    command = [sys.executable, "-X", "importtime", "-c", "import tutor.cli.main, ui.asgi"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ).stderr
    found = re.findall(r"import time:\s+\d+ \|\s+(\d+) \|\s+(\S+)", told)
    whole = {name: int(microseconds) // 1000 for microseconds, name in found if "." not in name}
    return dict(sorted(whole.items(), key=lambda each: -each[1])[:12])


def _percentiles(what: str, took_s: Sequence[float]) -> Figures:
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    worst = {f"{what} max ms": percentile_ms(took_s, 1.0)}
    return {f"{what} {name} ms": percentile_ms(took_s, share) for name, share in shares.items()} | worst
