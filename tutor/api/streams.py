"""Endless replies: so many per caller and in all; each ends with an event when service, key or session does."""

import asyncio
from collections import Counter
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutor.api.callers import Caller, caller_of
from tutor.api.drain import Drain
from tutor.api.identity import Access
from tutor.api.limits import Limits
from tutor.api.policy import Rule
from tutor.api.problems import (
    OVER_CAPACITY,
    SHUTTING_DOWN,
    TOO_MANY_STREAMS,
    UNAUTHENTICATED,
    Kind,
    problem,
    problem_response,
)

EVENT_STREAM = "text/event-stream"

_OUR_CHAT = "chat:chat"  # it asks on behalf of many people


def wants_event_stream(scope: Scope) -> bool:
    """Whether the caller asked for server-sent events."""
    return EVENT_STREAM in Headers(scope=scope).get("accept", "").lower()


class Streams:
    """Counts open streams, refuses those over the limits, and ends them on drain or when their caller may no longer."""

    def __init__(self, app: ASGIApp, limits: Limits, drain: Drain, access: Access) -> None:
        self._app = app
        self._access = access
        self._limits = limits
        self._drain = drain
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if not _is_stream(scope):
            await self._app(scope, receive, send)
            return
        owner = _owner(caller_of(scope), scope)
        if refusal := self._refusal(owner):
            kind, detail = refusal
            response = problem_response(kind, detail, scope, headers={"retry-after": "5"})
            await response(scope, receive, send)
            return
        self._open[owner] += 1
        try:
            await self._until_over(scope, receive, send)
        finally:
            self._open[owner] -= 1
            self._open += Counter()  # drops the zeros, so that it does not grow with every caller ever seen

    def _refusal(self, owner: str) -> tuple[Kind, str] | None:
        if self._drain.begun:
            return SHUTTING_DOWN, "the service is shutting down; try again in a moment"
        if self._open.total() >= self._limits.streams_in_all:
            return OVER_CAPACITY, f"there are {self._limits.streams_in_all} open streams already"
        limit = self._limits.streams_per_address if "@" in owner else self._limits.streams_per_caller
        if owner != _OUR_CHAT and self._open[owner] >= limit:
            return TOO_MANY_STREAMS, f"you have {limit} open streams already; close one"
        return None

    async def _until_over(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, ended = False, False

        async def watched(message: Message) -> None:
            nonlocal started, ended
            started = True
            ended = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        serving = asyncio.ensure_future(self._app(scope, receive, watched))
        ending = asyncio.ensure_future(self._end_of(scope))
        try:
            await asyncio.wait({serving, ending}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                serving.result()
                return
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving
            if not ended:
                await _say_goodbye(ending.result(), scope, receive, send, started=started)
        finally:
            serving.cancel()
            ending.cancel()

    async def _end_of(self, scope: Scope) -> tuple[Kind, str]:
        """Wait for what ends a stream from outside: the service's own end, or that of the caller's key or session."""
        draining = asyncio.ensure_future(self._drain.wait())
        try:
            while not (await asyncio.wait({draining}, timeout=self._limits.caller_recheck_s))[0]:
                if await self._access.identify(scope) != caller_of(scope):
                    return UNAUTHENTICATED, "the key or session that opened this stream is not good any more"
        finally:
            draining.cancel()
        return SHUTTING_DOWN, "the service is shutting down; ask again in a moment"


async def _say_goodbye(why: tuple[Kind, str], scope: Scope, receive: Receive, send: Send, *, started: bool) -> None:
    if started:
        event = f"event: error\ndata: {problem(*why, scope).model_dump_json()}\n\n"
        await send({"type": "http.response.body", "body": event.encode(), "more_body": False})
    else:
        await problem_response(*why, scope, headers={"retry-after": "5"})(scope, receive, send)


def _is_stream(scope: Scope) -> bool:
    rule = scope["state"].get("rule")
    if not isinstance(rule, Rule):
        return False
    return rule.streams == "always" or (rule.streams == "on_request" and wants_event_stream(scope))


def _owner(caller: Caller, scope: Scope) -> str:
    """Whose share a stream counts against: the caller's, or the address's where the caller has no name."""
    if caller.caller_id:
        return f"{caller.kind}:{caller.caller_id}"
    client = scope.get("client")
    return f"{caller.kind}@{client[0] if client else ''}"
