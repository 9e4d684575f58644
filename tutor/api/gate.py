"""The one gate before everything: API, chat and static files alike.

Pure ASGI, outermost, default deny. From the outside in, a request passes: log and id, security headers, CORS, Host,
declared size, the door (path, identity, audience, method, origin), number of streams, time, and the actual body. Only
then does an application see it. Nothing behind the gate needs to be trusted to refuse.
"""

from collections.abc import Iterable, Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

from tutor.api.access_log import AccessLog
from tutor.api.cors import Cors
from tutor.api.door import Door
from tutor.api.drain import Drain
from tutor.api.headers import SecurityHeaders
from tutor.api.hosts import KnownHosts
from tutor.api.identity import Access
from tutor.api.limits import DeclaredSize, Limits, ReplyDeadline, WholeBody
from tutor.api.policy import Rule
from tutor.api.streams import Streams


class Gate:
    """An ASGI application in front of another.

    Args:
        app: What to protect.
        rules: The paths that exist, and for whom.
        access: What can let somebody in.
        limits: Sizes, times and numbers.
        drain: The end of service.
        hosts: Host names to answer to, besides the loopback ones.
        origins: Origins of other sites whose pages may call the API.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        rules: Sequence[Rule],
        access: Access,
        drain: Drain,
        limits: Limits | None = None,
        hosts: Iterable[str] = (),
        origins: Iterable[str] = (),
    ) -> None:
        limits = limits or Limits()
        origins = tuple(origins)
        self._app = app
        inner: ASGIApp = WholeBody(app, limits)
        inner = ReplyDeadline(inner, limits)
        inner = Streams(inner, limits, drain)
        inner = Door(inner, rules, access, origins)
        inner = DeclaredSize(inner, limits)
        inner = KnownHosts(inner, hosts)
        inner = Cors(inner, rules, origins)
        inner = AccessLog(inner)
        self._walls = SecurityHeaders(inner)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve HTTP through the walls; start-up and shutdown pass; nothing else is spoken here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._walls(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})
