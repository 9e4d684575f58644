"""Bodies are JSON and say so; anything else is 415 before it is read.

A form or ``text/plain`` body needs no preflight, so a foreign page could send it in a visitor's name.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from tutor.api.problems import UNSUPPORTED_MEDIA_TYPE, problem_response


class JsonOnly(APIRoute):
    """A route that takes ``application/json`` or nothing."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Check the media type before the body is parsed."""
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if self.body_field is not None and media_type != "application/json":
                detail = f"send application/json, not {media_type or 'a body without a Content-Type'}"
                return problem_response(UNSUPPORTED_MEDIA_TYPE, detail, request.scope)
            return await handle(request)

        return checked
