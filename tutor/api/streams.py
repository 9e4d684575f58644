"""Endless replies: so many per caller and in all, and each ends with an event when the service does."""

import asyncio
from collections import Counter
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutor.api.callers import Caller, caller_of
from tutor.api.drain import Drain
from tutor.api.limits import Limits
from tutor.api.policy import Rule
from tutor.api.problems import OVER_CAPACITY, SHUTTING_DOWN, TOO_MANY_STREAMS, Kind, problem, problem_response

EVENT_STREAM = "text/event-stream"

_OUR_CHAT = "chat:chat"  # it asks on behalf of many people


def wants_event_stream(scope: Scope) -> bool:
    """Whether the caller asked for server-sent events."""
    return EVENT_STREAM in Headers(scope=scope).get("accept", "").lower()


class Streams:
    """Counts open streams, refuses those over the limits, and ends all of them on drain."""

    def __init__(self, app: ASGIApp, limits: Limits, drain: Drain) -> None:
        self._app = app
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
            await self._until_drained(scope, receive, send)
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

    async def _until_drained(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, ended = False, False

        async def watched(message: Message) -> None:
            nonlocal started, ended
            started = True
            ended = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        serving = asyncio.ensure_future(self._app(scope, receive, watched))
        draining = asyncio.ensure_future(self._drain.wait())
        try:
            await asyncio.wait({serving, draining}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                serving.result()
                return
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving
            if not ended:
                await _say_goodbye(scope, receive, send, started=started)
        finally:
            serving.cancel()
            draining.cancel()


async def _say_goodbye(scope: Scope, receive: Receive, send: Send, *, started: bool) -> None:
    detail = "the service is shutting down; ask again in a moment"
    if started:
        event = f"event: error\ndata: {problem(SHUTTING_DOWN, detail, scope).model_dump_json()}\n\n"
        await send({"type": "http.response.body", "body": event.encode(), "more_body": False})
    else:
        response = problem_response(SHUTTING_DOWN, detail, scope, headers={"retry-after": "5"})
        await response(scope, receive, send)


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
