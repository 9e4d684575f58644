"""Requests as no well-behaved client would send them, put straight to an ASGI application."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from starlette.types import ASGIApp, Message

Pair = tuple[bytes, bytes]

ENDLESS_S = 5.0


@dataclass(frozen=True)
class RawReply:
    """What came back, and how many pieces of the body were taken before."""

    status: int
    headers: Sequence[Pair]
    body: bytes
    pieces_taken: int

    def header(self, name: str) -> str | None:
        found = [value for key, value in self.headers if key == name.lower().encode()]
        return found[0].decode() if found else None


def send_raw(
    app: ASGIApp,
    path: str,
    *,
    method: str = "GET",
    headers: Sequence[Pair] = ((b"host", b"127.0.0.1"),),
    pieces: Iterable[bytes] = (),
    query: bytes = b"",
    root_path: str = "",
    address: str = "127.0.0.1",
    client: str = "127.0.0.1",
) -> RawReply:
    """Send one request, its body in ``pieces``, and collect the reply; it came from ``client`` in on ``address``."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query, "root_path": root_path,
        "headers": list(headers), "client": (client, 50_000), "server": (address, 8000),
    }  # fmt: skip
    waiting = iter(pieces)
    taken, whole = 0, False
    sent: list[Message] = []

    async def receive() -> Message:
        nonlocal taken, whole
        piece = next(waiting, None)
        if piece is not None:
            taken += 1
            return {"type": "http.request", "body": piece, "more_body": True}
        if whole:
            await asyncio.Event().wait()  # a client that waits for its reply
        whole = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    async def exchange() -> None:
        with suppress(TimeoutError):  # an endless stream shows in its status
            await asyncio.wait_for(app(scope, receive, send), ENDLESS_S)

    asyncio.run(exchange())
    start = next(message for message in sent if message["type"] == "http.response.start")
    body = b"".join(message.get("body", b"") for message in sent)
    return RawReply(start["status"], start["headers"], body, taken)
