"""One of several processes that serve on one port: ``python -m tutor.serving.worker``, run by the supervisor only."""

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
from contextlib import closing, suppress
from pathlib import Path

from tutor.api.identity import Access
from tutor.api.service import Service
from tutor.api.siblings import Siblings
from tutor.bootstrap import open_database
from tutor.logs import log_json_lines
from tutor.serving.accepting import Shares
from tutor.serving.app_factory import app_factory
from tutor.serving.assignment import ACCEPT, BEAT, CLOSED, FAILED, LOADED, Assignment, socket_of
from tutor.serving.server import TICKS_PER_S, Server
from tutor.settings import Settings

ORPHANED = 70  # exit code of a worker whose supervisor died


class _Line:
    """The line to the supervisor."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)

    def say(self, word: bytes) -> None:
        with suppress(OSError):  # a supervisor that died is noticed by whoever listens
            self._socket.send(word)

    def listen(self, server: Server, loop: asyncio.AbstractEventLoop) -> None:
        """Do what the supervisor says, until it is gone; then end at once, as it did.

        A service whose supervisor was killed was killed: nobody would replace its workers, and the next one that is
        started must have the data directory and the port for itself.
        """
        with suppress(OSError):
            while word := self._socket.recv(1):
                if word == ACCEPT:
                    loop.call_soon_threadsafe(lambda: loop.create_task(server.accept()))
        os._exit(ORPHANED)


class _Reports:
    """What the supervisor is told as time goes on."""

    def __init__(self, line: _Line, service: Service) -> None:
        self._line = line
        self._service = service
        self._told = False

    def __call__(self, counter: int) -> None:
        if counter % TICKS_PER_S == 0:
            self._line.say(BEAT)
        if not self._told and (state := self._service.loading()) != "loading":
            self._told = True
            self._line.say(FAILED if state == "failed" else LOADED)


def main() -> None:
    """Serve until told to end."""
    for meant_for_the_supervisor in (signal.SIGHUP, signal.SIGUSR1):
        signal.signal(meant_for_the_supervisor, signal.SIG_IGN)
    assignment = Assignment.read(sys.argv[1])
    settings = Settings.from_environment()
    # The supervisor has read the whole database when the service started, under the lock that it holds for life. No
    # worker need do so again, nor one that takes the place of a dead one: a process that dies tears no page (the
    # journal sees to that), and a disk that does would do so under those who go on serving, too. With a big database
    # it would make each crash long.
    with closing(open_database(settings, is_checked=True)) as database:
        log_json_lines(settings.log_level, worker=assignment.slot)
        access = Access(database, open_to_all=assignment.open_to_all, cookie_name=assignment.cookie_name)
        with closing(access):
            folder = Path(assignment.sockets_folder)
            siblings = Siblings([socket_of(folder, slot) for slot in range(assignment.n_slots)], assignment.slot)
            service = app_factory()(settings, access, base_url=assignment.origin, siblings=siblings)
            asyncio.run(_serve(service, assignment))
    # All is closed. What an interpreter does at its end, object by object, takes a second of processor time.
    logging.shutdown()
    os._exit(0)


async def _serve(service: Service, assignment: Assignment) -> None:
    line = _Line(assignment.line)
    server = Server(
        service,
        socket.socket(fileno=assignment.listener),
        socket.socket(fileno=assignment.sibling_listener),
        shares=Shares.found_in(Path(assignment.sockets_folder), assignment.slot),
        accepts_at_once=False,
        on_tick=_Reports(line, service),
        on_closed=lambda: line.say(CLOSED),
    )
    loop = asyncio.get_running_loop()
    threading.Thread(target=line.listen, args=(server, loop), name="supervisor", daemon=True).start()
    await server.serve()


if __name__ == "__main__":
    main()
