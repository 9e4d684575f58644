"""Refuses questions that nobody could work on, before anything is spent on them: not even a look at who asks.

Threads that answer keep the interpreter from the event loop, which needs it anew after each call of the system, so what
a refusal costs is paid in waiting: no body is waited for, nothing is looked up, and instead of a line for each request
the log gets one for each second. Whoever is let through meets the line itself, which alone decides; this only keeps a
crowd from costing the service the time that it needs for those who are in.
"""

import asyncio
import logging
import re
import time
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutor.api.claims import note_claim
from tutor.api.identity import Access
from tutor.api.policy import Policy, Rule
from tutor.api.problems import OVER_CAPACITY, problem_response
from tutor.observing.metrics import metrics

RETRY_AFTER_S = 2  # a full line is worked off in about one
TOLD_AFTER_S = 1.0
BEGINNING_WITHIN_S = 1.0  # not tuned: a body nearly always comes together with its head

_COURSES = "/api/v1/courses/"
_MODEL = re.compile(rb'"model"\s*:\s*"tutor\\?/([^"\\]{1,200})"')  # some write a slash as \/

logger = logging.getLogger(__name__)


class Room(Protocol):
    """The line of questions."""

    @property
    def is_full(self) -> bool:
        """Whether nobody may wait but in the place of others."""
        ...

    def has_room_for(self, course: str, claim: str) -> bool:
        """Whether a question would be let in at this moment."""
        ...


class Shedding:
    """Stands before the walls that cost time.

    Args:
        app: What stands behind.
        refusing: Replies to those for whom there is no room.
        policy: Says which paths are questions.
        room: The line.
        access: Knows what lets somebody in.
    """

    def __init__(self, app: ASGIApp, refusing: ASGIApp, policy: Policy, room: Room, access: Access) -> None:
        self._app = app
        self._refusing = refusing
        self._questions = tuple(rule for rule in policy.rules if rule.queues)
        self._room = room
        self._access = access
        self._n_untold = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["method"] == "POST":
            claim = note_claim(scope, self._access)
            if self._room.is_full and (rule := self._rule(scope["path"])):
                course, receive = await _course(scope["path"], receive)
                if course and not self._room.has_room_for(course, claim):
                    await self._refuse(rule, scope, receive, send)
                    return
        await self._app(scope, receive, send)

    def _rule(self, path: str) -> Rule | None:
        return next((rule for rule in self._questions if rule.matches(path)), None)

    async def _refuse(self, rule: Rule, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        scope["state"]["rule"] = rule
        await self._refusing(scope, receive, send)
        ended = time.perf_counter()
        metrics().requested("POST", rule.template, OVER_CAPACITY.status, ended - started)
        self._n_untold += 1
        if self._n_untold == 1:
            asyncio.get_running_loop().call_later(TOLD_AFTER_S, self._tell)

    def _tell(self) -> None:
        logger.info("no room", extra={"fields": {"refused": self._n_untold}})
        self._n_untold = 0


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """Say that there is no room."""
    detail = "as many questions as can wait are waiting already; ask again in a moment"
    headers = {"retry-after": str(RETRY_AFTER_S)}
    await problem_response(OVER_CAPACITY, detail, scope, headers=headers)(scope, receive, send)


async def _course(path: str, receive: Receive) -> tuple[str, Receive]:
    """The course that is asked, and the body as it came; empty when neither path nor the body's beginning names it."""
    if path.startswith(_COURSES):
        return path.removeprefix(_COURSES).partition("/")[0], receive
    try:
        async with asyncio.timeout(BEGINNING_WITHIN_S):
            begun = await receive()
    except TimeoutError:
        return "", receive
    named = _MODEL.search(begun.get("body", b""))
    waiting = [begun]

    async def from_the_beginning() -> Message:
        return waiting.pop() if waiting else await receive()

    return named[1].decode("utf-8", "replace") if named else "", from_the_beginning
