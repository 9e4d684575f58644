"""``course-tutor serve``: the chat and the API on one port, until the process is asked to end."""

import asyncio
import ipaddress
import os
import signal
import threading
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import typer

from tutor.api.identity import Access
from tutor.bootstrap import open_database
from tutor.cli.console import err, errors_end_the_command
from tutor.logs import log_json_lines
from tutor.serving.app_factory import app_factory
from tutor.serving.assignment import Assignment
from tutor.serving.listening import listen
from tutor.serving.server import Server
from tutor.serving.supervisor import Supervisor
from tutor.settings import MAX_WORKERS, Settings
from tutor.state import login_links
from tutor.state.server_lock import ServerLock

_WILDCARDS = frozenset({"0.0.0.0", "::"})  # noqa: S104  (recognised here, chosen by the operator)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; default: 127.0.0.1, this machine.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=MAX_WORKERS, help="Processes that share the port; default: 1.")
    ] = None,
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
        log_json_lines(settings.log_level)
        bound_host, bound_port = listener.getsockname()[:2]
        origin = _origin(bound_host, bound_port)
        access = Access(database, open_to_all=open_to_all, cookie_name=f"course_tutor_{bound_port}")
        held.callback(access.close)
        n_workers = workers or settings.workers

        def announce() -> None:
            lock.announce(origin)
            _announce(access, origin, bound_host)

        if n_workers == 1:
            service = app_factory()(settings, access, base_url=origin)
            announce()
            _print_links_on_signal(access, origin)
            Server(service, listener).run()
        else:
            assignment = Assignment(n_workers, origin, access.cookie_name, open_to_all)
            print_link = None if open_to_all else partial(_print_link, access, origin)
            supervisor = Supervisor(
                listener, assignment, kept_open=lock.descriptor, on_first=announce, print_link=print_link
            )
            with errors_end_the_command():
                asyncio.run(supervisor.run())


def _share_the_processors() -> None:
    """Let the threads of a forward pass sleep, not spin, while they wait for one another; before they are made.

    Spinning wins a little on a machine of our own and loses badly on a shared one: with one busy neighbour on two
    cores a question took torch 15 or 250 ms, as chance had it, and takes 28 ms now. The bundled model needs no such
    threads; another one's torch does.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


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


def _print_link(access: Access, origin: str) -> None:
    typer.echo(_link(access, origin))


def _print_links_on_signal(access: Access, origin: str) -> None:
    """Whoever may signal the process may enter, as whoever reads its terminal may."""
    if not access.open_to_all and hasattr(signal, "SIGUSR1"):

        def print_link(*_: object) -> None:
            # In a thread: the handler interrupts the event loop, maybe while it holds what a new link needs.
            threading.Thread(target=_print_link, args=(access, origin), daemon=True).start()

        signal.signal(signal.SIGUSR1, print_link)
