"""``Idempotency-Key``: a POST that is sent again, because its reply was lost, gets the first reply and does nothing.

A wall of the gate, so that no route can forget it. It stands behind identity, limits and the whole body, and before the
routes: what it replays was allowed to the same caller when it was made.
"""

import asyncio
import hashlib
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutor.api.callers import caller_of
from tutor.api.policy import rule_of
from tutor.api.problems import IDEMPOTENCY_KEY_REUSED, INVALID, STILL_RUNNING, STORAGE_FULL, problem_response
from tutor.api.streams import EVENT_STREAM, wants_event_stream
from tutor.schemas import ProblemField
from tutor.state import replies
from tutor.state.audit import INSTALLATION
from tutor.state.database import Database
from tutor.state.errors import StateUnwritable
from tutor.state.replies import Attempt, KeptReply, KeyReused, StillRunning

HEADER = "Idempotency-Key"
MAX_KEY_CHARS = 255
KEY_PATTERN = r"^[!-~]{1,255}$"  # visible ASCII
MAX_KEPT_BYTES = 1_048_576  # of a reply; none that a POST gives comes near
GIVES_UP = timedelta(minutes=2)  # a reply begins within one, or is refused
UPLOAD_GIVES_UP = timedelta(hours=4)  # the slowest upload that is waited for

logger = logging.getLogger(__name__)

_COURSE = re.compile(r"/api/v1/courses/([^/]+)(/.*)?")
_HOLDING_WORDS = ("/ask", "/search", "/feedback", "/replay")  # their replies repeat what a learner wrote
_NEVER_KEPT = ("/embed-tokens",)  # a reply that lets somebody in is not stored, and another one does no harm
_KEPT_HEADERS = ("content-type", "location", "link", "etag")
_MAY_PASS = frozenset({401, 403, 408, 421, 425, 429})  # and everything from 500 on: to be tried again, not replayed


class Idempotency:
    """Replays, refuses or keeps replies of POSTs that carry a key."""

    def __init__(self, app: ASGIApp, database: Database) -> None:
        self._app = app
        self._database = database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        sent = Headers(scope=scope).getlist(HEADER)
        caller = caller_of(scope)
        owner = caller.person_id or (f"{caller.kind}:{caller.caller_id}" if caller.caller_id else "")
        course_id = _course_of(scope)
        if not sent or not owner or not _concerns(scope) or (course_id and not caller.opens(course_id)):
            await self._app(scope, receive, send)
        elif len(sent) > 1 or not re.fullmatch(KEY_PATTERN, sent[0]):
            detail = f"{HEADER} is 1 to {MAX_KEY_CHARS} visible ASCII characters, once"
            fields = [ProblemField(pointer=HEADER, detail=detail)]
            await problem_response(INVALID, detail, scope, errors=fields)(scope, receive, send)
        else:
            receive, fingerprint = await _fingerprint(scope, receive)
            attempt = Attempt(course_id or INSTALLATION, owner, sent[0], fingerprint)
            await self._once(attempt, scope, receive, send)

    async def _once(self, attempt: Attempt, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            known = await asyncio.to_thread(self._begin, attempt, scope)
        except KeyReused as error:
            response: Response = problem_response(IDEMPOTENCY_KEY_REUSED, str(error), scope)
        except StateUnwritable as error:
            response = problem_response(STORAGE_FULL, str(error), scope)
        except (StillRunning, IntegrityError):
            retry = {"retry-after": "2"}
            response = problem_response(STILL_RUNNING, str(StillRunning()), scope, headers=retry)
        else:
            if known is None:
                await self._first(attempt, scope, receive, send)
                return
            if known == "unkept":
                await self._app(scope, receive, send)
                return
            headers = {**known.headers, "idempotency-replayed": "true"}
            response = Response(known.body, status_code=known.status, headers=headers)
        if _is_large(scope):
            response.headers["connection"] = "close"  # the files are not waited for
        await response(scope, receive, send)

    def _begin(self, attempt: Attempt, scope: Scope) -> KeptReply | Literal["unkept"] | None:
        gives_up = UPLOAD_GIVES_UP if _is_large(scope) else GIVES_UP
        with self._database.writing() as connection:
            if scope["path"].endswith(_HOLDING_WORDS) and not replies.keeps_questions(connection, attempt.course_id):
                return "unkept"
            return replies.begin(connection, attempt, datetime.now(UTC), gives_up=gives_up)

    async def _first(self, attempt: Attempt, scope: Scope, receive: Receive, send: Send) -> None:
        held = _HeldReply(send)
        kept = False
        try:
            await self._app(scope, receive, held.send)
            if reply := held.to_keep():
                kept = await self._write(lambda connection: replies.keep(connection, attempt, reply))
        finally:
            if not kept:
                await asyncio.shield(self._write(lambda connection: replies.release(connection, attempt)))
        await held.let_go()

    async def _write(self, change: Callable[..., None]) -> bool:
        """Whether it was written. Where not, the reply goes out all the same: what it says is done and on the disk."""

        def write() -> None:
            with self._database.writing() as connection:
                change(connection)

        try:
            await asyncio.to_thread(write)
        except (StateUnwritable, SQLAlchemyError) as error:
            why = error if isinstance(error, StateUnwritable) else type(error).__name__  # a driver's words name hosts
            logger.error("what became of a request with a key cannot be kept: %s", why)
            return False
        return True


class _HeldReply:
    """A reply that is not sent before it is kept: whoever got it and asks again must get the same.

    A stream, or a reply that is too large to keep, is let go at once.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._messages: list[Message] = []
        self._size = 0
        self._passes = False

    async def send(self, message: Message) -> None:
        """Hold one message back, or pass it on."""
        if message["type"] == "http.response.start":
            headers = Headers(raw=message["headers"])
            self._passes = headers.get("content-type", "").startswith(EVENT_STREAM)
        self._messages.append(message)
        self._size += len(message.get("body", b""))
        if self._passes or self._size > MAX_KEPT_BYTES:
            self._passes = True
            await self.let_go()

    def to_keep(self) -> KeptReply | None:
        """The reply, if it is one to give again."""
        if self._passes or not self._messages:
            return None
        start, *parts = self._messages
        status = int(start["status"])
        if status in _MAY_PASS or status >= 500:
            return None
        headers = Headers(raw=start["headers"])
        kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
        try:
            return KeptReply(status, kept, b"".join(part.get("body", b"") for part in parts).decode())
        except UnicodeDecodeError:
            return None

    async def let_go(self) -> None:
        """Send what is held."""
        while self._messages:
            await self._send(self._messages.pop(0))


async def _fingerprint(scope: Scope, receive: Receive) -> tuple[Receive, str]:
    """What the request asks for, hashed; of files, which are not held in memory, their length has to do."""
    told = hashlib.sha256(f"{scope['path']}?{scope['query_string'].decode('latin-1')}\n".encode("utf-8", "replace"))
    if _is_large(scope):
        told.update(Headers(scope=scope).get("content-length", "").encode("latin-1"))
        return receive, told.hexdigest()
    message = await receive()  # the whole body: the wall before gathered it
    told.update(message.get("body", b""))
    waiting = [message]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again, told.hexdigest()


def _concerns(scope: Scope) -> bool:
    """Whether the request may create or cost something, and is answered in one piece."""
    rule = rule_of(scope)
    streams = rule is not None and rule.streams != "never" and wants_event_stream(scope)
    wanted = scope["path"].startswith("/api/v1/") and not scope["path"].endswith(_NEVER_KEPT)
    return scope["method"] == "POST" and wanted and not streams


def _course_of(scope: Scope) -> str:
    found = _COURSE.fullmatch(scope["path"])
    return str(found[1]) if found else ""


def _is_large(scope: Scope) -> bool:
    rule = rule_of(scope)
    return rule is not None and rule.large_body
