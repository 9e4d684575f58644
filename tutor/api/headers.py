"""The headers that every reply carries, whoever made it."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutor.api.policy import rule_of
from tutor.api.request_ids import HEADER, assign_request_id

# For replies that are data. A page brings its own policy, which then stays.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

_ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-resource-policy": "same-origin",
}
_CACHED = "private, max-age=86400"
_NEVER_CACHED = "no-store"
_NEVER_SENT = ("server", "x-powered-by", "x-frame-options")  # frame-ancestors says it better


_WAS_FORWARDED = "was_forwarded"


def was_forwarded(scope: Scope) -> bool:
    """Whether the request came with forwarding headers, as through a proxy."""
    return bool(scope.get("state", {}).get(_WAS_FORWARDED))


class SecurityHeaders:
    """Gives every reply the security headers and the request's id, and refuses anything that is not HTTP.

    Forwarding headers are removed from the request: the server has already taken them into account where it trusts the
    proxy (``scope["scheme"]``, ``scope["client"]``), and whoever reads them again would trust everybody.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request_id = assign_request_id(scope)
        forwarded = [pair for pair in scope["headers"] if not pair[0].startswith((b"x-forwarded-", b"forwarded"))]

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(MutableHeaders(scope=message), scope)
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        # The dictionary itself goes on: the gate's walls leave notes in it for one another.
        scope["state"][_WAS_FORWARDED] = len(forwarded) < len(scope["headers"])
        scope["headers"] = forwarded
        await self._app(scope, receive, with_headers)


def _complete(headers: MutableHeaders, scope: Scope) -> None:
    for name in _NEVER_SENT:
        del headers[name]
    headers.update(_ALWAYS)
    headers.setdefault("content-security-policy", DATA_POLICY)
    if scope["scheme"] == "https":
        headers["strict-transport-security"] = "max-age=31536000"
    rule = rule_of(scope)
    cacheable = rule is not None and rule.cacheable
    headers["cache-control"] = _CACHED if cacheable else _NEVER_CACHED
