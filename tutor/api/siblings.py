"""The processes that serve together: whose business a request is, and passing it on to them, head, body and all.

The one that receives a request for another has let it in already; the other's gate decides all the same, from the same
headers. Only what a connection between processes does not say by itself, which is who the client is, goes along in a
header of ours: believed where it comes in on the socket of the siblings, dropped where it comes from anywhere else.
"""

import asyncio
import hashlib
import json
import logging
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from tutor.api.problems import OVER_CAPACITY, problem_response
from tutor.api.request_ids import HEADER as REQUEST_ID
from tutor.api.request_ids import request_id

# Not tuned: a process that runs takes a connection at once, one that is being replaced keeps it waiting.
CONNECT_S = 5.0

_HEADER = b"x-course-tutor-received"
# Of one connection; the rest is passed on as it is.
_HOP_BY_HOP = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade", b"date"}
)

logger = logging.getLogger(__name__)


class Siblings:
    """All processes of a service, by slot.

    Args:
        sockets: Where each of them takes what others received for it.
        own: The slot of this one.
    """

    def __init__(self, sockets: Sequence[Path], own: int) -> None:
        self._sockets = sockets
        self._own = own

    @property
    def is_first(self) -> bool:
        """Whether this is the one that does what one of them is to do."""
        return self._own == 0

    def elsewhere(self, name: str) -> int | None:
        """The slot where whatever has this name lives; None when that is here. It is the same for every process."""
        slot = int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:8]) % len(self._sockets)
        return None if slot == self._own else slot

    async def forward(self, slot: int, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        """Let another process serve a request whose body has been read, and pass its reply on as it comes."""
        passing_on = asyncio.ensure_future(self._pass_on(slot, scope, body, receive, send))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait({passing_on, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if passing_on.done():
                passing_on.result()
        finally:
            leaving.cancel()
            passing_on.cancel()
            with suppress(asyncio.CancelledError, Exception):  # what it raised was raised above
                await passing_on

    async def _pass_on(self, slot: int, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        # A connection for each request: one that was kept could lead to a process that has since been replaced.
        transport = httpx.AsyncHTTPTransport(uds=str(self._sockets[slot]))
        started = False
        try:
            async with transport:
                reply = await transport.handle_async_request(_request(scope, body))
                try:
                    headers = [(k.lower(), v) for k, v in reply.headers.raw if k.lower() not in _HOP_BY_HOP]
                    await send({"type": "http.response.start", "status": reply.status_code, "headers": headers})
                    started = True
                    async for piece in reply.aiter_raw():
                        await send({"type": "http.response.body", "body": piece, "more_body": True})
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
                finally:
                    await reply.aclose()
        except httpx.HTTPError as error:
            logger.warning("the process of slot %d broke off: %s", slot, type(error).__name__)
            if started:
                raise BrokenOff(slot) from error
            gone = problem_response(
                OVER_CAPACITY, "the part of the service that has this chat is being restarted; try again in a moment",
                scope, headers={"retry-after": "5"},
            )  # fmt: skip
            await gone(scope, receive, send)


class BrokenOff(Exception):
    """A sibling died in the middle of a reply: it can only be cut, so that the client sees that it is not whole."""

    def __init__(self, slot: int) -> None:
        super().__init__(f"the process of slot {slot} ended in the middle of a reply")


class FromSiblings:
    """Stands outermost: gives a request that a sibling passed on the client it came from.

    Args:
        app: The walls of the gate.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            told = [value for name, value in scope["headers"] if name == _HEADER]
            scope["headers"] = [(name, value) for name, value in scope["headers"] if name != _HEADER]
            if is_from_sibling(scope):
                received = json.loads(told[0])
                for name in ("client", "server"):
                    scope[name] = received[name] and tuple(received[name])
                scope["scheme"] = received["scheme"]
        await self._app(scope, receive, send)


def is_from_sibling(scope: Scope) -> bool:
    """Whether another process of this service received the request, and let it in."""
    return bool(scope.get("state", {}).get("from_sibling", False))


def _request(scope: Scope, body: bytes) -> httpx.Request:
    received = json.dumps({name: scope.get(name) for name in ("client", "server", "scheme")})
    ours = {_HEADER: received.encode(), REQUEST_ID.encode(): request_id(scope).encode()}
    not_passed = _HOP_BY_HOP | {b"content-length", *ours}
    headers = [(name, value) for name, value in scope["headers"] if name not in not_passed]
    target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
    return httpx.Request(
        scope["method"],
        # The target goes as it came: httpx would write some characters of a path otherwise.
        httpx.URL("http://sibling/"),
        headers=[*headers, *ours.items()],
        content=body,
        extensions={"target": target, "timeout": {"connect": CONNECT_S, "write": CONNECT_S, "pool": CONNECT_S}},
    )


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
