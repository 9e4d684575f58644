"""The door: default deny by path, identity, audience, method and origin, in that order."""

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutor.api.callers import Caller
from tutor.api.identity import Access
from tutor.api.monitors import Monitors, may_monitor
from tutor.api.pages import INSTRUCTORS_ONLY, LINK_NEEDED, page_response
from tutor.api.policy import GET, Policy, Rule, rule_of
from tutor.api.problems import (
    FORBIDDEN,
    FOREIGN_ORIGIN,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    UNAUTHENTICATED,
    problem_response,
)
from tutor.errors import NotAllowed

_CHALLENGE = {"www-authenticate": 'Bearer realm="course-tutor"'}


class Door:
    """Lets in whom the path's rule lets in, and leaves the caller in the scope for those behind.

    Args:
        app: What stands behind.
        policy: The origins whose pages may send more than GET. A path without a rule is 404 for everybody.
        access: What can let somebody in.
        monitors: What else can, where the service's numbers are.
    """

    def __init__(self, app: ASGIApp, policy: Policy, access: Access, monitors: Monitors) -> None:
        self._app = app
        self._monitors = monitors
        self._policy = policy
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        rule = rule_of(scope)
        monitor = self._monitors.recognise(scope) if rule is not None and rule.audience == "monitors" else None
        caller = monitor or await self._access.identify(scope)
        scope["state"]["caller"] = caller
        if refusal := self._refusal(rule, caller, scope):
            await refusal(scope, receive, send)
            return
        if rule is not None and rule.page and caller.kind == "visitor" and not caller.caller_id:
            send = self._introducing(scope, send)
        await self._app(scope, receive, send)

    def _refusal(self, rule: Rule | None, caller: Caller, scope: Scope) -> Response | None:
        if rule is None:
            return problem_response(NOT_FOUND, "nothing is served at this path", scope)
        if rule.audience != "anyone" and caller.kind == "anonymous":
            return _please_identify(rule, scope)
        if reason := _not_for(rule, caller):
            return _not_here(rule, reason, scope)
        if rule.methods is not None and scope["method"] not in rule.methods:
            allow = {"allow": ", ".join(sorted(rule.methods))}
            return problem_response(METHOD_NOT_ALLOWED, f"{scope['method']} is not offered here", scope, headers=allow)
        if caller.kind in ("session", "visitor") and not rule.foreign_forms and not self._same_origin(scope):
            return problem_response(FOREIGN_ORIGIN, "this request comes from another site's page", scope)
        return None

    def _same_origin(self, scope: Scope) -> bool:
        """Whether a request that could change something comes from our own pages, as far as the browser says."""
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if scope["method"] in GET or origin is None:
            return True
        return origin in self._policy.origins or urlsplit(origin).netloc == headers.get("host")

    def _introducing(self, scope: Scope, send: Send) -> Send:
        """Give a visitor's browser an id with its first page, so that what it starts stays its own."""
        cookie = self._access.session_cookie(secrets.token_urlsafe(32), secure=scope["scheme"] == "https")

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        return with_cookie


def _not_for(rule: Rule, caller: Caller) -> str:
    """Why somebody who is known must not enter; empty when they may."""
    if rule.audience == "browsers" and caller.kind not in ("session", "visitor"):
        return "this path is for browsers; programs use /api/v1"
    if rule.audience == "monitors":
        return "" if may_monitor(caller) else "the service's numbers are for its operators"
    if rule.audience != "anyone" and rule.needs not in caller.permissions:
        return str(NotAllowed(rule.needs))
    return ""


def _not_here(rule: Rule, reason: str, scope: Scope) -> Response:
    if rule.needs == "instruct" and rule.page and _wants_page(scope):
        return page_response(INSTRUCTORS_ONLY, status=403)
    return problem_response(FORBIDDEN, reason, scope)


def _wants_page(scope: Scope) -> bool:
    return "text/html" in Headers(scope=scope).get("accept", "")


def _please_identify(rule: Rule, scope: Scope) -> Response:
    if rule.page and _wants_page(scope):
        return page_response(LINK_NEEDED, status=401)
    return problem_response(
        UNAUTHENTICATED, "send Authorization: Bearer <key>, or open the link that serve printed", scope,
        headers=_CHALLENGE,
    )  # fmt: skip
