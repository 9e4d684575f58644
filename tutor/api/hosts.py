"""The Host header must name this service.

A page of another site can make a browser call us under its own name (DNS rebinding); it cannot change the Host header
that then arrives. An address is therefore safe where a name is not: no DNS answer stands behind it. It is accepted when
it is the one that the connection came in on.
"""

import ipaddress
import re
from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

from tutor.api.problems import MALFORMED, MISDIRECTED, problem_response

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})

_HOST = re.compile(r"(?P<name>[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?")


class KnownHosts:
    """Lets requests for this service's own names pass; 400 for a malformed Host, 421 for another's.

    Args:
        app: What stands behind.
        names: Host names to answer to, besides the loopback ones.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str] = ()) -> None:
        self._app = app
        self._names = LOOPBACK_HOSTS | {name.strip("[]") for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one request."""
        name = _host_name(scope)
        if name is None:
            refusal = problem_response(MALFORMED, "exactly one well-formed Host header is needed", scope)
        elif name not in self._names and not _is_own_address(name, scope):
            refusal = problem_response(
                MISDIRECTED, "this host name is not served here; its operator can allow it: TUTOR_ALLOWED_HOSTS", scope
            )
        else:
            await self._app(scope, receive, send)
            return
        await refusal(scope, receive, send)


def _host_name(scope: Scope) -> str | None:
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if len(hosts) != 1:
        return None
    found = _HOST.fullmatch(hosts[0].decode("latin-1").lower())
    return found["name"].strip("[]") if found else None


def _is_own_address(name: str, scope: Scope) -> bool:
    address = (scope.get("server") or ("",))[0]
    try:
        return ipaddress.ip_address(name) == ipaddress.ip_address(address)
    except ValueError:
        return False
