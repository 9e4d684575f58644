"""Many people who do not wait for one another, at the least cost to the machine: plain sockets, one loop of ``epoll``.

Questions are sent when they are due, whatever became of those before; a reply counts from when it should have been
asked for, so a crowd that falls behind makes the figures worse, never better. When a reply arrived is what the kernel
says (``SO_TIMESTAMPNS``): the client shares the processors with the service, and how long it takes itself to read what
has arrived long since is not the service's time. It is told, too (``late_s``).
"""

import gc
import selectors
import socket
import struct
import time
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

_SO_TIMESTAMPNS = getattr(socket, "SO_TIMESTAMPNS", 35)
_TIME = struct.Struct("qq")
_READ = 65_536
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of one question.

    Args:
        who: The number of the request that was sent.
        status: 0 when the connection broke.
        took_s: From when it was due until the reply's end was here.
        waits: Whether it came with ``Retry-After``.
    """

    who: int
    status: int
    took_s: float
    waits: bool


@dataclass
class Seen:
    """All replies, and how late the crowd itself was."""

    replies: list[Reply] = field(default_factory=list)
    broken: Counter[str] = field(default_factory=Counter)
    sent_late_s: list[float] = field(default_factory=list)
    read_late_s: list[float] = field(default_factory=list)
    most_open: int = 0


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    who: int = 0
    due: float = 0.0
    got: bytes = b""
    left: bytes = b""


def arrive(address: tuple[str, int], requests: Sequence[bytes], due_s: Sequence[tuple[float, int]]) -> Seen:
    """Send each request when it is due.

    Args:
        address: Where the service listens.
        requests: Whole requests.
        due_s: Seconds from now on, in order, and which request.
    """
    gc.collect()
    gc.disable()  # a tenth of a second in which nothing is sent; the crowd keeps little
    try:
        return _Crowd(address, requests).run(due_s)
    finally:
        gc.enable()


class _Crowd:
    def __init__(self, address: tuple[str, int], requests: Sequence[bytes]) -> None:
        self._address = address
        self._requests = requests
        self._selector = selectors.DefaultSelector()
        self._free: list[_Connection] = []
        self._open = 0
        self._busy = 0
        self._seen = Seen()

    def run(self, due_s: Sequence[tuple[float, int]]) -> Seen:
        coming = deque(due_s)
        began = time.time()
        while coming or self._busy:
            now = time.time() - began
            while coming and coming[0][0] <= now:
                due, who = coming.popleft()
                self._send(who, began + due)
            wait = coming[0][0] - (time.time() - began) if coming else 1.0
            for key, _ in self._selector.select(max(0.0, min(wait, 1.0))):
                self._receive(key.data)
            if not coming and time.time() - began > due_s[-1][0] + PATIENCE_S:
                self._seen.broken["no reply"] += self._busy
                break
        for connection in self._free:
            connection.socket.close()
        self._selector.close()
        return self._seen

    def _send(self, who: int, due: float) -> None:
        connection = self._free.pop() if self._free else self._connect()
        connection.who, connection.due, connection.got = who, due, b""
        self._busy += 1
        self._seen.sent_late_s.append(time.time() - due)
        try:
            connection.socket.send(self._requests[who])  # a request fits into the socket's buffer
        except OSError as error:
            self._broke(connection, type(error).__name__)

    def _connect(self) -> _Connection:
        one = socket.create_connection(self._address, timeout=PATIENCE_S)  # over loopback: until it is in the backlog
        one.setblocking(False)
        one.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = _Connection(one)
        self._selector.register(one, selectors.EVENT_READ, connection)
        self._open += 1
        self._seen.most_open = max(self._seen.most_open, self._open)
        return connection

    def _receive(self, connection: _Connection) -> None:
        try:
            data, extra, _, _ = connection.socket.recvmsg(_READ, 64)
        except BlockingIOError:
            return
        except OSError as error:
            self._broke(connection, type(error).__name__)
            return
        if not data:
            self._broke(connection, "closed")
            return
        connection.got += data
        head, _, body = connection.got.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), None)
        if length is None or len(body) < length:
            return
        arrived = _arrived(extra) or time.time()
        self._seen.read_late_s.append(time.time() - arrived)
        waits = any(line.startswith(b"retry-after:") for line in lines)
        reply = Reply(connection.who, int(head[9:12]), arrived - connection.due, waits)
        self._seen.replies.append(reply)
        self._busy -= 1
        if b"connection: close" in lines:
            self._close(connection)
        else:
            self._free.append(connection)

    def _broke(self, connection: _Connection, why: str) -> None:
        if connection in self._free:  # it was kept for the next one; nobody waited
            self._free.remove(connection)
        else:
            self._seen.broken[why] += 1
            self._busy -= 1
        self._close(connection)

    def _close(self, connection: _Connection) -> None:
        self._open -= 1
        with suppress(KeyError):
            self._selector.unregister(connection.socket)
        connection.socket.close()


def _arrived(extra: Sequence[tuple[int, int, bytes]]) -> float:
    for level, kind, data in extra:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = _TIME.unpack(data)
            return seconds + nanoseconds / 1e9
    return 0.0
