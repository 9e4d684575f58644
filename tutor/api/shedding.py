"""Refuses questions that nobody could work on, before anything is spent on them: not even a look at who asks.

Whoever is let through meets the queue itself, which alone decides; this only keeps a crowd from costing the service the
time that it needs for those who are in.
"""

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from tutor.api.policy import rule_of
from tutor.api.problems import OVER_CAPACITY, problem_response

RETRY_AFTER_S = 2  # a full queue is worked off in about one


class Shedding:
    """Stands before the door.

    Args:
        app: What stands behind.
        is_full: Whether the queue of questions is full.
    """

    def __init__(self, app: ASGIApp, is_full: Callable[[], bool]) -> None:
        self._app = app
        self._is_full = is_full

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        rule = rule_of(scope)
        if rule is None or not rule.queues or scope["method"] != "POST" or not self._is_full():
            await self._app(scope, receive, send)
            return
        detail = "as many questions as can wait are waiting already; ask again in a moment"
        headers = {"retry-after": str(RETRY_AFTER_S)}
        await problem_response(OVER_CAPACITY, detail, scope, headers=headers)(scope, receive, send)
