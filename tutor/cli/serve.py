"""``course-tutor serve``: the chat and the API on one port, until the process is asked to end."""

import ipaddress
import os
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from importlib.metadata import entry_points
from types import FrameType
from typing import Annotated

import typer
import uvicorn

from tutor.api.http_protocol import PunctualH11Protocol
from tutor.api.identity import Access
from tutor.api.service import ENTRY_POINTS, Service
from tutor.bootstrap import open_database
from tutor.cli.console import err, errors_end_the_command
from tutor.errors import TutorError
from tutor.logs import log_json_lines
from tutor.settings import Settings
from tutor.state import login_links
from tutor.state.server_lock import ServerLock

GRACE_S = 20  # the time that running answers get when the process is asked to end

_WILDCARDS = frozenset({"0.0.0.0", "::"})  # noqa: S104  (recognised here, chosen by the operator)

AppFactory = Callable[..., Service]


class CannotListen(TutorError):
    """The address is taken or not this machine's."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        reason = error.strerror or str(error)
        super().__init__(f"cannot listen on {host} port {port}: {reason}; choose another: --port 0 takes a free one")


class NoUserInterface(TutorError):
    """The installation is not whole."""

    def __init__(self) -> None:
        super().__init__(f"no package offers {ENTRY_POINTS!r}; install course-tutor again: pip install -e .")


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; default: 127.0.0.1, this machine.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = None,
    open_to_all: Annotated[
        bool, typer.Option("--open", help="Let anyone who can reach the service read and ask; nobody can change.")
    ] = False,
) -> None:
    """Serve the chat and the API; the first time, the bundled course is indexed.

    Prints a link that lets one browser in. Programs need a key: course-tutor keys create.
    """
    _share_the_processors()
    with ExitStack() as held:
        with errors_end_the_command():
            settings = Settings.from_environment()
            lock = held.enter_context(ServerLock(settings.data_dir))
            listener = held.enter_context(listen(host or settings.host, settings.port if port is None else port))
            database = held.enter_context(closing(open_database(settings)))
            factory = _app_factory()
        log_json_lines(settings.log_level)
        bound_host, bound_port = listener.getsockname()[:2]
        origin = _origin(bound_host, bound_port)
        access = Access(database, open_to_all=open_to_all, cookie_name=f"course_tutor_{bound_port}")
        held.callback(access.close)
        service = factory(settings, access, base_url=origin)
        lock.announce(origin)
        _announce(access, origin, bound_host)
        _print_links_on_signal(access, origin)
        _run(service, listener)


def _share_the_processors() -> None:
    """Let the threads of a forward pass sleep, not spin, while they wait for one another; before they are made.

    Spinning wins a little on a machine of our own and loses badly on a shared one: with one busy neighbour on two
    cores a question took torch 15 or 250 ms, as chance had it, and takes 28 ms now. The bundled model needs no such
    threads; another one's torch does.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, so that the port is known, and known to be ours, before anything is loaded.

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
        listener.listen(256)
    except OSError as error:
        listener.close()
        raise CannotListen(host, port, error) from error
    return listener


def _app_factory() -> AppFactory:
    found = list(entry_points(group=ENTRY_POINTS))
    if not found:
        raise NoUserInterface
    factory: AppFactory = found[0].load()
    return factory


def _run(service: Service, listener: socket.socket) -> None:
    config = uvicorn.Config(
        service.app,
        http=PunctualH11Protocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        h11_max_incomplete_event_size=32 * 1024,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=GRACE_S,
    )
    _DrainingServer(config, service).run(sockets=[listener])


class _DrainingServer(uvicorn.Server):
    """Tells the service that the end is near, and then ends with exit code 0, not by the signal."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002  (uvicorn's signature)
        """Drain at the first signal; give up waiting at a second Ctrl+C."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
        self._service.begin_draining()


def _origin(host: str, port: int) -> str:
    """Where this machine reaches the service; the chat does, too."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (as above)
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def _link(access: Access, origin: str) -> str:
    """A link for whoever runs the service; those of before, wherever they were printed, are worthless from now on."""
    now = datetime.now(UTC)
    with access.database.writing() as connection:
        login_links.retire(connection, "admin")
        token = login_links.create(connection, "admin", (), now=now)
    return f"{origin}/login?token={token}"


def _announce(access: Access, origin: str, host: str) -> None:
    if access.open_to_all:
        typer.echo(f"{origin}/chat/")
        err.print(
            "OPEN: anyone who can reach this address can read the courses and ask; nobody can change anything.",
            style="bold yellow",
            soft_wrap=True,
        )
    else:
        typer.echo(_link(access, origin))
        again = f"kill -USR1 {os.getpid()}" if hasattr(signal, "SIGUSR1") else "restart"
        err.print(
            f"The link lets one browser in as admin, once. Another one: {again}. For somebody else: course-tutor link",
            highlight=False,
            soft_wrap=True,
        )
    if host in _WILDCARDS or not ipaddress.ip_address(host).is_loopback:
        err.print(
            "Other machines can connect, without encryption. Put a TLS proxy in front, name the hosts to answer to "
            "(TUTOR_ALLOWED_HOSTS), and give programs keys: course-tutor keys create",
            style="yellow",
            highlight=False,
            soft_wrap=True,
        )


def _print_links_on_signal(access: Access, origin: str) -> None:
    """Whoever may signal the process may enter, as whoever reads its terminal may."""
    if not access.open_to_all and hasattr(signal, "SIGUSR1"):

        def print_link(*_: object) -> None:
            # In a thread: the handler interrupts the event loop, maybe while it holds what a new link needs.
            threading.Thread(target=lambda: typer.echo(_link(access, origin)), daemon=True).start()

        signal.signal(signal.SIGUSR1, print_link)
