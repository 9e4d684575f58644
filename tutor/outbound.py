"""The only way out of the tutor: to registered learning platforms and webhooks, with limits on everything.

No redirects, no proxies of the environment, no more than a megabyte, no longer than ten seconds for a reply's body. An
address must be https, except on this machine, where platforms are tried out.
"""

import ipaddress
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from tutor.errors import TutorError

MAX_REPLY_BYTES = 1_048_576
CONNECT_TIMEOUT_S = 3.0
TIMEOUT_S = 10.0


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
            with self._http.stream("POST", url, content=body, headers=dict(headers)) as response:
                return response.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CallFailed(host, f"cannot be reached ({type(error).__name__})") from error

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _call(self, method: str, url: str, **request: Any) -> Reply:  # noqa: ANN401  (handed on to httpx)
        host = allowed_host(url)
        try:
            with self._http.stream(method, url, **request) as response:
                if not response.is_success:
                    raise CallFailed(host, f"answered with status {response.status_code}")
                body = _read(response, host, time.monotonic() + TIMEOUT_S)
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


def _read(response: httpx.Response, host: str, until: float) -> bytes:
    """The body; the client's own timeout is for each piece of it, and there may be a million."""
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > MAX_REPLY_BYTES:
            raise CallFailed(host, f"answered with more than {MAX_REPLY_BYTES} bytes")
        if time.monotonic() > until:
            raise CallFailed(host, f"was still answering after {TIMEOUT_S:g} s")
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
