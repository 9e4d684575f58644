"""The only way out of the tutor: to registered learning platforms and webhooks, with limits on everything.

No redirects, no proxies of the environment, no more than a megabyte, no longer than fifteen seconds for a call. An
address must be https, except on this machine, where platforms are tried out.
"""

import ipaddress
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from tutor.errors import TutorError

MAX_REPLY_BYTES = 1_048_576
CONNECT_TIMEOUT_S = 3.0
TIMEOUT_S = 10.0  # of silence
CALL_S = 15.0  # for all of a call: a head that comes at a byte a second is never silent, and would take a day


class CallFailed(TutorError):
    """Another system did not answer, or not as it should; or its address is not allowed."""

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(f"the other system at {host} {reason}; try again, or ask its administrator")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Reply:
    """What another system answered: JSON, and where to read on."""

    json: Any
    next_url: str  # of the Link header's rel="next"; empty on the last page


class Outbound:
    """Calls other systems.

    Args:
        transport: For tests; the network when left out.
    """

    def __init__(self, transport: httpx.BaseTransport | None = None) -> None:
        self._http = httpx.Client(
            transport=transport,
            timeout=httpx.Timeout(TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            follow_redirects=False,
            limits=httpx.Limits(max_keepalive_connections=0),  # calls are rare: nothing is held open in between
            trust_env=False,
            headers={"User-Agent": "course-tutor"},
        )

    def get(self, url: str, *, accept: str = "application/json", token: str = "") -> Reply:
        """Read JSON.

        Raises:
            CallFailed: The address is not allowed, or the reply is not what it should be.
        """
        return self._call("GET", url, headers={"Accept": accept, **_bearer(token)})

    def post_form(self, url: str, fields: Mapping[str, str]) -> Reply:
        """Send a form; raises as ``get`` does."""
        return self._call("POST", url, data=dict(fields), headers={"Accept": "application/json"})

    def post_json(self, url: str, body: object, *, media_type: str = "application/json", token: str = "") -> Reply:
        """Send JSON; raises as ``get`` does."""
        content = httpx.Request("POST", url, json=body).content
        return self._call("POST", url, content=content, headers={"Content-Type": media_type, **_bearer(token)})

    def post_message(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Send a body whose reply is not read.

        Returns:
            The status, whatever it is.

        Raises:
            CallFailed: The address is not allowed, or there is no reply.
        """
        host = allowed_host(url)
        try:
            with (
                _Deadline(CALL_S) as deadline,
                self._http.stream(
                    "POST", url, content=body, headers=dict(headers), extensions={"trace": deadline.watch}
                ) as response,
            ):
                return response.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CallFailed(host, f"cannot be reached ({type(error).__name__})") from error

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _call(self, method: str, url: str, **request: Any) -> Reply:  # noqa: ANN401  (handed on to httpx)
        host = allowed_host(url)
        try:
            with (
                _Deadline(CALL_S) as deadline,
                self._http.stream(method, url, **request, extensions={"trace": deadline.watch}) as response,
            ):
                if not response.is_success:
                    raise CallFailed(host, f"answered with status {response.status_code}")
                body = _read(response, host)
                return Reply(_json(body, host) if body.strip() else None, _next_url(response))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CallFailed(host, f"cannot be reached ({type(error).__name__})") from error


def allowed_host(url: str) -> str:
    """The host of an address that may be called.

    Raises:
        CallFailed: It is no web address, carries credentials, or would be called without encryption.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if not host or parts.username is not None or parts.scheme not in ("https", "http"):
        raise CallFailed(host or "an unknown host", "has an address that cannot be called")
    if parts.scheme == "http" and not is_this_machine(host):
        raise CallFailed(host, "has an address without https")
    return host


def is_this_machine(host: str) -> bool:
    """Whether a host is the machine that we run on, by its name alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Deadline:
    """Cuts the connection of one call when its time is up; the client's own timeouts are for each piece of it."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._connection: socket.socket | None = None

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Told by the client what it does; takes hold of the connection once there is one."""
        if event == "connection.connect_tcp.complete":
            # A second handle on the same connection, which TLS, wrapped round the first, does not take away.
            self._connection = info["return_value"].get_extra_info("socket").dup()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()
        if self._connection is not None:
            self._connection.close()

    def _cut(self) -> None:
        if self._connection is not None:
            with suppress(OSError):  # it is over already
                self._connection.shutdown(socket.SHUT_RDWR)


def _read(response: httpx.Response, host: str) -> bytes:
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > MAX_REPLY_BYTES:
            raise CallFailed(host, f"answered with more than {MAX_REPLY_BYTES} bytes")
    return bytes(body)


def _json(body: bytes, host: str) -> Any:  # noqa: ANN401  (it is whatever the platform sent)
    try:
        return httpx.Response(200, content=body).json()
    except ValueError as error:
        raise CallFailed(host, "answered with something that is no JSON") from error


def _next_url(response: httpx.Response) -> str:
    link = response.links.get("next", {})
    return str(link.get("url", ""))


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}
