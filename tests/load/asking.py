"""Clients that cost the machine little, so that what is measured is the service: plain sockets, kept open, one loop."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import httpx


@dataclass
class Tally:
    """What came back, by status, and how long it took."""

    took_s: dict[int, list[float]] = field(default_factory=dict)
    no_retry_after: int = 0
    broken: Counter[str] = field(default_factory=Counter)

    def note(self, status: int, seconds: float) -> None:
        self.took_s.setdefault(status, []).append(seconds)

    def of(self, *statuses: int) -> list[float]:
        """Seconds of the replies with these statuses, in order of size."""
        return sorted(seconds for status in statuses for seconds in self.took_s.get(status, ()))

    @property
    def n(self) -> int:
        return sum(map(len, self.took_s.values()))

    def statuses(self) -> dict[str, int]:
        """How many of each, broken connections by their error."""
        return {str(status): len(took) for status, took in sorted(self.took_s.items())} | dict(self.broken)


def percentile_ms(took_s: Sequence[float], share: float) -> float:
    """Of seconds in order of size; in milliseconds; 0 of none."""
    return round(took_s[min(len(took_s) - 1, int(len(took_s) * share))] * 1000, 1) if took_s else 0.0


class Connection:
    """One connection that is kept open, and opened again when the server closed it."""

    def __init__(self, origin: str, key: str) -> None:
        url = httpx.URL(origin)
        self._host, self._port = url.host, url.port or 80
        self._head = f"Host: {url.netloc.decode()}\r\nAuthorization: Bearer {key}\r\n"
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        return await self._exchange(f"GET {path} HTTP/1.1\r\n{self._head}\r\n".encode())

    async def ask(self, course: str, question: str) -> tuple[int, dict[str, str], bytes]:
        return await self._exchange(self.request(course, question))

    def request(self, course: str, question: str) -> bytes:
        """One question as it goes over the wire."""
        body = json.dumps({"question": question}).encode()
        head = f"POST /api/v1/courses/{course}/ask HTTP/1.1\r\n{self._head}Content-Type: application/json\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    @property
    def address(self) -> tuple[str, int]:
        """Where the service listens."""
        return self._host, self._port

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _exchange(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        if self._writer is None or self._reader is None or self._reader.at_eof():  # idle for so long that it was closed
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        self._writer.write(request)
        try:
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            raise
        if headers.get("connection") == "close":
            self.close()
        return int(head[0].split()[1]), headers, body


async def ask_until(connection: Connection, course: str, questions: Sequence[str], until: float, tally: Tally) -> None:
    """Ask one question after another until the clock says so."""
    turn = hash(id(connection))
    while time.perf_counter() < until:
        turn += 1
        await ask_once(connection, course, questions[turn % len(questions)], tally)
    connection.close()


async def ask_once(connection: Connection, course: str, question: str, tally: Tally) -> int:
    """Ask and note; 0 when the connection broke."""
    started = time.perf_counter()
    try:
        status, headers, _ = await connection.ask(course, question)
    except (OSError, asyncio.IncompleteReadError) as error:
        tally.broken[type(error).__name__] += 1
        return 0
    tally.note(status, time.perf_counter() - started)
    tally.no_retry_after += status in (429, 503) and "retry-after" not in headers
    return status


async def probe_until(origin: str, ends: asyncio.Event, tally: Tally, every_s: float = 0.05) -> None:
    """``/livez`` again and again: how late the event loop is, seen from outside."""
    connection = Connection(origin, "none")
    while not ends.is_set():
        started = time.perf_counter()
        try:
            status, _, _ = await connection.get("/livez")
            tally.note(status, time.perf_counter() - started)
        except (OSError, asyncio.IncompleteReadError) as error:
            tally.broken[type(error).__name__] += 1
        with suppress(TimeoutError):
            await asyncio.wait_for(ends.wait(), every_s)
    connection.close()
