"""How much one request may weigh and how long it may take; counted on what arrives, not on what is declared."""

import asyncio
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutor.api.large_bodies import CountedBody
from tutor.api.policy import Policy, rule_of
from tutor.api.problems import (
    BODY_TOO_LARGE,
    DEADLINE_EXCEEDED,
    MALFORMED,
    REQUEST_TIMEOUT,
    Kind,
    problem_response,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of the gate; none is tuned, each is far above what the chat and a patient client need."""

    max_body_bytes: int = 1_048_576
    max_upload_bytes: int = 104_857_600  # of paths that take files
    body_deadline_s: float = 30.0
    reply_deadline_s: float = 60.0
    streams_per_caller: int = 8  # a chat tab holds two
    streams_per_address: int = 64  # visitors without cookies: a class room behind one address
    streams_in_all: int = 256
    caller_recheck_s: float = 30.0  # how long a stream may outlive its key or session


class _Refused(Exception):
    """Why reading the body stopped."""

    def __init__(self, kind: Kind, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


class DeclaredSize:
    """Refuses a body that says it is too large, before anybody looks at it or at who sends it.

    As the first who needs the rule about the path, it leaves it in the scope for those behind and for the log.
    """

    def __init__(self, app: ASGIApp, limits: Limits, policy: Policy) -> None:
        self._app = app
        self._limits = limits
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one request."""
        rule = scope["state"]["rule"] = self._policy.rule(scope["path"])
        limit = self._limits.max_upload_bytes if rule and rule.large_body else self._limits.max_body_bytes
        lengths = [value for name, value in scope["headers"] if name == b"content-length"]
        if any(not length.isdigit() for length in lengths) or len(set(lengths)) > 1:
            refusal = problem_response(MALFORMED, "Content-Length is not one number", scope)
        elif lengths and int(lengths[0][:20]) > limit:
            refusal = problem_response(BODY_TOO_LARGE, _too_large(limit), scope, headers={"connection": "close"})
        else:
            await self._app(scope, receive, send)
            return
        await refusal(scope, receive, send)


class WholeBody:
    """Reads the body, up to the limit and the deadline, before the app starts; then hands it over in one piece.

    A body of files passes through instead, counted: it is larger than what may be held in memory.
    """

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if not _has_body(scope):
            await self._app(scope, receive, send)
            return
        if _is_large(scope):
            await self._app(scope, CountedBody(receive, self._limits.max_upload_bytes), send)
            return
        try:
            async with asyncio.timeout(self._limits.body_deadline_s):
                body = await self._read(receive)
        except TimeoutError:
            refusal = _Refused(REQUEST_TIMEOUT, f"the body took more than {self._limits.body_deadline_s:g} s")
        except _Refused as reason:
            refusal = reason
        else:
            if body is not None:
                await self._app(scope, _replay(body, receive), send)
            return
        response = problem_response(refusal.kind, refusal.detail, scope, headers={"connection": "close"})
        await response(scope, receive, send)

    async def _read(self, receive: Receive) -> bytes | None:
        """The whole body; None when the client went away in between."""
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            body += message.get("body", b"")
            if len(body) > self._limits.max_body_bytes:
                raise _Refused(BODY_TOO_LARGE, _too_large(self._limits.max_body_bytes))
            if not message.get("more_body", False):
                return bytes(body)


class ReplyDeadline:
    """Gives up on a reply that has not begun in time. A stream that has begun is not its business.

    Nor is a body of files, which may take long to arrive: its own pace is watched instead.
    """

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._deadline_s = limits.reply_deadline_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if _is_large(scope) and _has_body(scope):
            await self._app(scope, receive, send)
            return
        deadline = asyncio.timeout(self._deadline_s)

        async def begun(message: Message) -> None:
            if message["type"] == "http.response.start":
                deadline.reschedule(None)
            await send(message)

        try:
            async with deadline:
                await self._app(scope, receive, begun)
        except TimeoutError:
            if not deadline.expired():
                raise
            response = problem_response(
                DEADLINE_EXCEEDED,
                f"there was no reply within {self._deadline_s:g} s",
                scope,
                headers={"retry-after": "5"},
            )
            await response(scope, receive, send)


def _has_body(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value.strip(b"0"))
        for name, value in scope["headers"]
    )


def _is_large(scope: Scope) -> bool:
    rule = rule_of(scope)
    return rule is not None and rule.large_body


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body once; afterwards whatever the connection says, which is that the client left."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed


def _too_large(limit: int) -> str:
    return f"the body has more than the {limit} bytes allowed"
