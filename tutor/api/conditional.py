"""``ETag`` and ``If-None-Match``: what a caller has already is not sent again.

The tag is the hash of the reply itself. So it changes with the course's generation, and also when a passage is hidden,
and never in between. Nothing in between may store the reply all the same (``no-store``): callers keep it if they want.
"""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

_NOT_MODIFIED = {"description": "The caller has it already: `If-None-Match` names its `ETag`."}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of the reply that the caller has.",
    "schema": {"type": "string", "maxLength": 1000},
}


class Conditional(APIRoute):
    """A route that is read, and whose replies have a tag."""

    def __init__(self, *route: Any, **options: Any) -> None:  # noqa: ANN401  (handed on to the framework)
        if options.get("methods") == ["GET"]:
            options["responses"] = {**(options.get("responses") or {}), 304: _NOT_MODIFIED}
            extra = options.get("openapi_extra") or {}
            options["openapi_extra"] = {**extra, "parameters": [*extra.get("parameters", ()), _IF_NONE_MATCH]}
        super().__init__(*route, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Tag the reply, and leave it out when the caller has it."""
        handle = super().get_route_handler()

        async def tagged(request: Request) -> Response:
            response = await handle(request)
            if response.status_code != 200 or not isinstance(response.body, bytes):
                return response
            tag = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
            headers = {"etag": tag} | {name: response.headers[name] for name in ("link",) if name in response.headers}
            if _has(tag, request.headers.getlist("if-none-match")):
                return Response(status_code=304, headers=headers)
            response.headers["etag"] = tag
            return response

        return tagged


def _has(tag: str, sent: list[str]) -> bool:
    """Whether the caller's tags name this one; a proxy may have marked ours as weak."""
    tags = [each.strip().removeprefix("W/") for header in sent for each in header.split(",")]
    return "*" in tags or tag in tags
