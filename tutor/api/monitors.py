"""Who may read the service's numbers: by default nobody but keys that administer.

A Prometheus server can be given a token of its own, which opens ``/metrics`` and nothing else. Programs on this machine
need none where the operator says so, which must not be said behind a proxy: all that comes through one comes from here.
"""

import hmac
import ipaddress
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import Scope

from tutor.api.callers import Caller
from tutor.api.headers import was_forwarded

MONITOR = Caller("monitor")  # without permissions: wherever one is needed, it may not enter


@dataclass(frozen=True, slots=True)
class Monitors:
    """How a program is recognised that reads the numbers.

    Args:
        token: The bearer token that opens them; empty for none.
        loopback: Whether a program on this machine needs no token.
    """

    token: str = ""
    loopback: bool = False

    def recognise(self, scope: Scope) -> Caller | None:
        """The monitor, if this request is one's; None leaves it to other means of identification."""
        headers = Headers(scope=scope)
        sent = headers.getlist("authorization")
        if self.token and len(sent) == 1:
            scheme, _, secret = sent[0].partition(" ")
            if scheme.lower() == "bearer" and hmac.compare_digest(secret.strip().encode(), self.token.encode()):
                return MONITOR
        if self.loopback and not sent and _is_loopback(scope) and "via" not in headers and not was_forwarded(scope):
            return MONITOR
        return None


def may_monitor(caller: Caller) -> bool:
    """Whether somebody may read the numbers: a monitor, or a key that administers the whole installation."""
    return caller.kind == "monitor" or (caller.kind == "key" and caller.may_everywhere("administer"))


def _is_loopback(scope: Scope) -> bool:
    client = scope.get("client")
    try:
        return client is not None and ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False
