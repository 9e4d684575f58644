"""The one gate before everything: API, chat and static files alike.

Pure ASGI, outermost, default deny. From the outside in, a request passes: which client a sibling received it from,
whether there is room, id and security headers, log, CORS, Host, declared size, the door (path, identity, audience,
method, origin), number of streams, time, the actual body, and whether it came before. Only then does an application see
it.
Nothing behind the gate needs to be trusted to refuse.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from tutor.api.access_log import AccessLog
from tutor.api.allowances import AllowanceHeaders
from tutor.api.cors import Cors
from tutor.api.door import Door
from tutor.api.drain import Drain
from tutor.api.headers import SecurityHeaders
from tutor.api.hosts import KnownHosts
from tutor.api.idempotency import Idempotency
from tutor.api.identity import Access
from tutor.api.limits import DeclaredSize, Limits, ReplyDeadline, WholeBody
from tutor.api.monitors import Monitors
from tutor.api.policy import Policy
from tutor.api.shedding import Room, Shedding, refuse
from tutor.api.siblings import FromSiblings
from tutor.api.stream_shares import StreamShares
from tutor.api.streams import Streams


class Gate:
    """An ASGI application in front of another.

    Args:
        app: What to protect.
        policy: The paths, host names and origins that exist.
        access: What can let somebody in.
        drain: The end of service.
        limits: Sizes, times and numbers.
        shares: Counts open streams; alone, without other processes, when left out.
        room: Where questions wait; they always may where it is left out.
        monitors: What may read the service's numbers, besides keys that administer.
    """

    def __init__(  # noqa: PLR0913  (each is a wall's own)
        self,
        app: ASGIApp,
        *,
        policy: Policy,
        access: Access,
        drain: Drain,
        limits: Limits | None = None,
        shares: StreamShares | None = None,
        room: Room | None = None,
        monitors: Monitors | None = None,
    ) -> None:
        limits = limits or Limits()
        self._app = app
        inner: ASGIApp = Idempotency(app, access.database)
        inner = WholeBody(inner, limits)
        inner = ReplyDeadline(inner, limits)
        inner = Streams(inner, limits, drain, access, shares or StreamShares(None))
        inner = Door(inner, policy, access, monitors or Monitors())
        inner = DeclaredSize(inner, limits, policy)
        inner = KnownHosts(inner, policy.hosts)
        inner = Cors(inner, policy)
        inner = AllowanceHeaders(inner)
        inner = AccessLog(inner)
        inner = SecurityHeaders(inner)
        if room is not None:
            refusing = SecurityHeaders(Cors(refuse, policy))  # what a browser needs to read a refusal
            inner = Shedding(inner, refusing, policy, room, access)
        self._walls = FromSiblings(inner)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve HTTP through the walls; start-up and shutdown pass; nothing else is spoken here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._walls(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})
