"""``/mcp``: the tools over streamable HTTP, behind the same gate and permissions as REST.

Each call stands alone (no sessions, one JSON reply), so any worker can take it and nothing is kept between calls.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from fastapi import FastAPI
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tutor.api.backend import Desk
from tutor.api.mcp_tools import Call, build_server

T = TypeVar("T")

PATH = "/mcp"


class _GateCounter:
    """Takes calls that came through the gate, which has left the caller in the request's scope."""

    def desk(self, call: Call) -> Desk:
        """The caller's desk."""
        return Desk(_request(call))

    async def spend(self, call: Call, course_id: str) -> None:
        """Against the caller's limits and the course's."""
        desk = Desk(_request(call))
        desk.require("ask", course_id)
        await desk.spend(course_id)

    def work(self, call: Call, work: Callable[[], T], course_id: str) -> Awaitable[T]:
        """In the same bounded pool as every other question."""
        request = _request(call)
        return Desk(request).backend.workers.run(work, request, course_id)


class _Endpoint:
    """The ASGI application at the path; there is something to call while the service runs."""

    def __init__(self) -> None:
        self.manager: StreamableHTTPSessionManager | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand one request on."""
        if self.manager is None:
            raise RuntimeError("the service has not started; serve it with its lifespan")
        await self.manager.handle_request(scope, receive, send)


def mount_mcp(app: FastAPI) -> None:
    """Serve the tools at ``/mcp`` for as long as ``app`` runs."""
    endpoint = _Endpoint()
    app.router.routes.append(Route(PATH, endpoint, methods=["POST"], include_in_schema=False))
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(running: FastAPI) -> AsyncIterator[None]:
        server = build_server(_GateCounter())  # anew each time: a manager runs once
        # Hosts and origins are the gate's business, which stands before this.
        server.streamable_http_app(
            json_response=True,
            stateless_http=True,
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )
        async with inner(running), server.session_manager.run():
            endpoint.manager = server.session_manager
            yield
            endpoint.manager = None

    app.router.lifespan_context = lifespan


def _request(call: Call) -> Request:
    request = call.request_context.request
    if not isinstance(request, Request):
        raise ToolError("this call did not come over HTTP")
    return request
