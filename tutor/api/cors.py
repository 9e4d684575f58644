"""Which other sites' pages may call the API: a fixed list, exactly compared, never a reflection of what was sent.

Credentials are never allowed across origins: such pages call with a key or as visitors.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutor.api.policy import Policy
from tutor.api.problems import FOREIGN_ORIGIN, problem_response

_PREFLIGHT = {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "authorization, content-type, idempotency-key, if-none-match, x-request-id",
    "access-control-max-age": "600",
}
_EXPOSED = "etag, link, ratelimit, ratelimit-policy, retry-after, x-request-id"


class Cors:
    """Answers preflights and marks replies for the allowed origins; removes whatever an inner app says about it.

    Args:
        app: What stands behind.
        policy: The allowed origins, and the paths that are offered to them (``cross_origin``).
    """

    def __init__(self, app: ASGIApp, policy: Policy) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        allowed = self._allows(origin, scope["path"])

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._mark(MutableHeaders(scope=message), origin, allowed=allowed)
            await send(message)

        if scope["method"] == "OPTIONS" and origin and "access-control-request-method" in headers:
            await self._preflight(scope, allowed=allowed)(scope, receive, marked)
        else:
            await self._app(scope, receive, marked)

    def _allows(self, origin: str, path: str) -> bool:
        if origin not in self._policy.origins:
            return False
        rule = self._policy.rule(path)
        return rule is not None and rule.cross_origin

    def _preflight(self, scope: Scope, *, allowed: bool) -> Response:
        if allowed:
            return Response(status_code=204, headers=_PREFLIGHT)
        return problem_response(FOREIGN_ORIGIN, "this origin is not on the list: TUTOR_ALLOWED_ORIGINS", scope)

    def _mark(self, headers: MutableHeaders, origin: str, *, allowed: bool) -> None:
        ours = set(_PREFLIGHT) if allowed else set()
        for name in {name for name in headers if name.startswith("access-control-")} - ours:
            del headers[name]
        if self._policy.origins:
            headers.add_vary_header("Origin")
        if allowed:
            headers["access-control-allow-origin"] = origin
            headers["access-control-expose-headers"] = _EXPOSED
