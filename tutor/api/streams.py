"""Endless replies: so many per caller and in all; each ends with an event when service, key or session does."""

import asyncio
import logging
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutor.api.away import away_detail
from tutor.api.callers import Caller, caller_of
from tutor.api.drain import Drain
from tutor.api.identity import Access
from tutor.api.limits import Limits
from tutor.api.policy import rule_of
from tutor.api.problems import (
    OVER_CAPACITY,
    SHUTTING_DOWN,
    TOO_MANY_STREAMS,
    UNAUTHENTICATED,
    Kind,
    problem,
    problem_response,
)
from tutor.api.siblings import is_from_sibling
from tutor.api.stream_shares import StreamShares
from tutor.observing.metrics import metrics

EVENT_STREAM = "text/event-stream"

logger = logging.getLogger(__name__)


def wants_event_stream(scope: Scope) -> bool:
    """Whether the caller asked for server-sent events."""
    return EVENT_STREAM in Headers(scope=scope).get("accept", "").lower()


class Streams:
    """Counts open streams, refuses those over the limits, and ends them on drain or when their caller may no longer.

    One that another process of the service passed on was counted there.
    """

    def __init__(self, app: ASGIApp, limits: Limits, drain: Drain, access: Access, shares: StreamShares) -> None:
        self._app = app
        self._access = access
        self._limits = limits
        self._drain = drain
        self._shares = shares

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if not _is_stream(scope):
            await self._app(scope, receive, send)
            return
        if self._drain.streams_end:
            await _refuse(SHUTTING_DOWN, "the service is shutting down; try again in a moment", scope, receive, send)
        elif is_from_sibling(scope):
            await self._until_over(scope, receive, send, "")
        elif self._shares.n_here >= self._limits.streams_in_all:
            detail = f"there are {self._limits.streams_in_all} open streams already"
            await _refuse(OVER_CAPACITY, detail, scope, receive, send)
        else:
            await self._counted(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        owner = _owner(caller_of(scope), scope)
        limit = self._limits.streams_per_address if "@" in owner else self._limits.streams_per_caller
        stream_id = await self._shares.take(owner, limit)
        if not stream_id:
            detail = f"you have {limit} open streams already; close one"
            await _refuse(TOO_MANY_STREAMS, detail, scope, receive, send)
            return
        metrics().streams_open.inc()
        try:
            await self._until_over(scope, receive, send, stream_id)
        finally:
            metrics().streams_open.dec()
            self._shares.give_back(stream_id, owner)

    async def _until_over(self, scope: Scope, receive: Receive, send: Send, stream_id: str) -> None:
        started, ended = False, False

        async def watched(message: Message) -> None:
            nonlocal started, ended
            started = True
            ended = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        serving = asyncio.ensure_future(self._app(scope, receive, watched))
        ending = asyncio.ensure_future(self._end_of(scope, stream_id))
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

    async def _end_of(self, scope: Scope, stream_id: str) -> tuple[Kind, str]:
        """Wait for what ends a stream from outside: the service's own end, or that of the caller's key or session."""
        draining = asyncio.ensure_future(self._drain.wait())
        try:
            while not (await asyncio.wait({draining}, timeout=self._limits.caller_recheck_s))[0]:
                if not await self._is_still_good(scope):
                    return UNAUTHENTICATED, "the key or session that opened this stream is not good any more"
                if stream_id:
                    await self._shares.renew(stream_id)
        finally:
            draining.cancel()
        return SHUTTING_DOWN, "the service is shutting down; ask again in a moment"

    async def _is_still_good(self, scope: Scope) -> bool:
        """Whether the caller may go on; a database that is away cannot say, and is asked again at the next look."""
        try:
            return await self._access.identify(scope) == caller_of(scope)
        except Exception as error:
            if not away_detail(error):
                raise
            logger.warning("passing: %s", type(error).__name__)
            return True


async def _refuse(kind: Kind, detail: str, scope: Scope, receive: Receive, send: Send) -> None:
    await problem_response(kind, detail, scope, headers={"retry-after": "5"})(scope, receive, send)


async def _say_goodbye(why: tuple[Kind, str], scope: Scope, receive: Receive, send: Send, *, started: bool) -> None:
    if started:
        event = f"event: error\ndata: {problem(*why, scope).model_dump_json()}\n\n"
        await send({"type": "http.response.body", "body": event.encode(), "more_body": False})
    else:
        await _refuse(*why, scope, receive, send)


def _is_stream(scope: Scope) -> bool:
    rule = rule_of(scope)
    if rule is None:
        return False
    return rule.streams == "always" or (rule.streams == "on_request" and wants_event_stream(scope))


def _owner(caller: Caller, scope: Scope) -> str:
    """Whose share a stream counts against: the caller's, or the address's where the caller has no name."""
    if caller.caller_id:
        return f"{caller.kind}:{caller.caller_id}"
    client = scope.get("client")
    return f"{caller.kind}@{client[0] if client else ''}"
