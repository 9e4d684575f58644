"""A transport that speaks to public addresses only, whatever a host's name resolves to.

The name is resolved here, once, and the connection goes to the address that was checked: resolved again by somebody
else, it could by then be another one.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable

import httpx

Resolve = Callable[[str, int], Iterable[str]]


class PrivateAddress(httpx.TransportError):
    """The host is not a public one."""


class PublicOnly(httpx.BaseTransport):
    """Sends requests to hosts with public addresses, and to those that the operator names.

    Args:
        named: Host names that may have any address.
        resolve: Gives a host's addresses.
        inner: Sends what is allowed.
    """

    def __init__(
        self,
        named: frozenset[str] = frozenset(),
        *,
        resolve: Resolve | None = None,
        inner: httpx.BaseTransport | None = None,
    ) -> None:
        self._named = named
        self._resolve = resolve or _addresses
        self._inner = inner or httpx.HTTPTransport(trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request to an address that was checked.

        Raises:
            PrivateAddress: An address of the host is not public, and nobody named the host.
        """
        host = request.url.host
        if host.lower() in self._named:
            return self._inner.handle_request(request)
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        addresses = list(self._resolve(host, port))
        if not addresses or not all(_is_public(address) for address in addresses):
            raise PrivateAddress(f"{host} has no public address", request=request)
        # The certificate and the Host header stay those of the name.
        extensions = {**request.extensions, "sni_hostname": host}
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=addresses[0]),
            headers=request.headers,
            stream=request.stream,
            extensions=extensions,
        )
        return self._inner.handle_request(pinned)

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


def _addresses(host: str, port: int) -> Iterable[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(f"{host} has no address") from error
    return [str(each[4][0]) for each in found]


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    if found.version == 6 and (found.ipv4_mapped or found.sixtofour or found.teredo):
        return False  # wraps another address; no public service needs to be reached so
    return found.is_global and not found.is_multicast
