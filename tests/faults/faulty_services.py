"""Other systems as they are on a bad day: silent, slow, endless, redirecting, or with a certificate nobody trusts."""

import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Serve = Callable[[socket.socket, threading.Event], None]

TRICKLE_S = 1.0  # between two bytes
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def silent(connection: socket.socket, ends: threading.Event) -> None:
    """Takes the request and never says a word."""
    ends.wait()


def trickling_head(connection: socket.socket, ends: threading.Event) -> None:
    """A head of a byte a second, which does not end."""
    _trickle(connection, HEAD + b"X-Slow: " + b"x" * 100_000, ends)


def trickling_body(connection: socket.socket, ends: threading.Event) -> None:
    """A body of a byte a second."""
    connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
    _trickle(connection, b" " * 100_000, ends)


def endless(connection: socket.socket, ends: threading.Event) -> None:
    """A body that does not end, as fast as it goes."""
    connection.sendall(HEAD + b"\r\n")
    while not ends.is_set():
        connection.sendall(b" " * 65_536)


def failing(connection: socket.socket, ends: threading.Event) -> None:
    """Status 500."""
    connection.sendall(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def overloaded(connection: socket.socket, ends: threading.Event) -> None:
    """Status 429, for an hour."""
    connection.sendall(b"HTTP/1.1 429 Later\r\nRetry-After: 3600\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def no_json(connection: socket.socket, ends: threading.Event) -> None:
    """A page instead of JSON."""
    connection.sendall(HEAD + b"Content-Length: 6\r\nConnection: close\r\n\r\n<html>")


def cut(connection: socket.socket, ends: threading.Event) -> None:
    """Less than it promised."""
    connection.sendall(HEAD + b"Content-Length: 600\r\n\r\n{")


FAULTS: dict[str, Serve] = {
    "silent": silent,
    "a head of 1 B/s": trickling_head,
    "a body of 1 B/s": trickling_body,
    "endless": endless,
    "500": failing,
    "429": overloaded,
    "no JSON": no_json,
    "cut": cut,
}


def redirecting_to(address: str) -> Serve:
    """Sends whoever comes elsewhere, such as to a service inside."""

    def redirect(connection: socket.socket, ends: threading.Event) -> None:
        connection.sendall(f"HTTP/1.1 307 There\r\nLocation: {address}\r\nContent-Length: 0\r\n\r\n".encode())

    return redirect


@contextmanager
def faulty(serve: Serve, *, certificate: Path | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """A service on this machine; gives its address and what it was sent, the first bytes of each request."""
    ends, received = threading.Event(), list[bytes]()
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

    def handle(connection: socket.socket) -> None:
        with suppress(OSError):
            if context is not None:
                connection = context.wrap_socket(connection, server_side=True)
            received.append(connection.recv(65_536))
            serve(connection, ends)
        connection.close()

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=handle, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        scheme = "http" if certificate is None else "https"
        yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/", received
        ends.set()
        listener.shutdown(socket.SHUT_RDWR)


def own_certificate(folder: Path) -> Path:
    """A key and a certificate that nobody signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = folder / "own.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


def _trickle(connection: socket.socket, content: bytes, ends: threading.Event) -> None:
    for byte in content:
        connection.sendall(bytes([byte]))
        if ends.wait(TRICKLE_S):
            return
