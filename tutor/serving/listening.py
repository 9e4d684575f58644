"""Sockets that listen before anything is loaded, so that the address is known, and known to be ours."""

import os
import socket
from pathlib import Path

from tutor.errors import TutorError

BACKLOG = 1024  # connections that wait to be accepted; they cost nothing, and a refused one fails its request


class CannotListen(TutorError):
    """The address is taken or not this machine's."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        reason = error.strerror or str(error)
        super().__init__(f"cannot listen on {host} port {port}: {reason}; choose another: --port 0 takes a free one")


def listen(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        CannotListen: The address is taken or not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio switches Nagle's delay off only where it reads TCP here: 40 ms a reply.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere it would let two processes share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotListen(host, port, error) from error
    return listener


def listen_at(path: Path) -> socket.socket:
    """A listening socket for processes of this machine that may enter the folder."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    path.chmod(0o600)
    listener.listen(BACKLOG)
    return listener
