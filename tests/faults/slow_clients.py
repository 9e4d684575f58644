"""Clients as nobody wants them, on plain sockets: slow, cut, reset, or gone in the middle of an answer."""

import json
import socket
import struct
from contextlib import closing

import httpx


def connected(origin: str, timeout_s: float = 90.0) -> socket.socket:
    """A connection to the server."""
    url = httpx.URL(origin)
    return socket.create_connection((url.host, url.port or 80), timeout=timeout_s)


def head(method: str, path: str, key: str, **headers: object) -> bytes:
    """A request's head, whole."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {key}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def reset(connection: socket.socket) -> None:
    """Close with RST, as a machine that lost its network does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def multipart(name: str, content: bytes) -> tuple[str, bytes]:
    """A form with one file: its media type and its bytes."""
    boundary = "cut-here"
    begin = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return f"multipart/form-data; boundary={boundary}", begin.encode() + content + f"\r\n--{boundary}--\r\n".encode()


def cut_upload(origin: str, path: str, key: str, name: str, content: bytes, *, after: float) -> None:
    """Send a share of an upload, then reset the connection."""
    media_type, body = multipart(name, content)
    connection = connected(origin)
    connection.sendall(head("POST", path, key, content_type=media_type, content_length=len(body)))
    connection.sendall(body[: int(len(body) * after)])
    reset(connection)


def leave_in_mid_answer(origin: str, path: str, key: str, question: str, *, stream: bool, read: int) -> bytes:
    """Ask, read so many bytes of the answer and go; gives what was read."""
    body = json.dumps({"question": question}).encode()
    accept = "text/event-stream" if stream else "application/json"
    connection = connected(origin)
    connection.sendall(
        head("POST", path, key, content_type="application/json", content_length=len(body), accept=accept)
    )
    connection.sendall(body)
    found = b""
    while len(found) < read and (piece := connection.recv(min(4096, read - len(found)))):
        found += piece
    reset(connection)
    return found


def status_after(origin: str, sent: bytes) -> bytes:
    """The first line that comes back, or nothing when the server closed."""
    with closing(connected(origin)) as connection:
        connection.sendall(sent)
        return connection.recv(200).partition(b"\r\n")[0]
