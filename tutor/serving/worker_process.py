"""A worker as its supervisor sees it: a process, and a line on which it tells how it is."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import Self

from tutor.serving.assignment import ACCEPT, BEAT, CLOSED, FAILED, LOADED, Assignment

_WORDS_AT_ONCE = 4096


class WorkerProcess:
    """One running worker; made by ``start``."""

    def __init__(self, process: Process, line: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        self._process = process
        self._line = line
        self._accepts = False
        self._loop = loop
        self.started_at = self.heard_at = loop.time()
        self.beats = False  # whether its event loop runs yet
        self.loaded: asyncio.Future[bool] = loop.create_future()  # False: loading failed, and it can say why
        self.closed = asyncio.Event()  # nothing new is accepted any more
        self.ended = asyncio.ensure_future(process.wait())  # its exit code; negative for the signal that killed it
        self.ended.add_done_callback(lambda _: self._let_go())
        loop.add_reader(line, self._hear)

    @classmethod
    async def start(cls, assignment: Assignment, *descriptors: int, environment: Mapping[str, str]) -> Self:
        """Start the process of an assignment.

        Args:
            assignment: Its place; the line is made here.
            descriptors: What it inherits besides the line.
            environment: Its environment.
        """
        ours, theirs = socket.socketpair()
        # Without our end of the line, a process that was started and could not be watched ends by itself.
        with ExitStack() as unless_started, theirs:
            unless_started.callback(ours.close)
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "tutor.serving.worker", str(replace(assignment, line=theirs.fileno()))),
                pass_fds=(theirs.fileno(), *descriptors),
                env=environment,
                process_group=0,  # Ctrl+C in a terminal is for the supervisor
            )
            unless_started.pop_all()
        ours.setblocking(False)
        return cls(process, ours)

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def accepts(self) -> bool:
        """Whether it was told to accept, and may be counted on."""
        return self._accepts and not self.ended.done() and not self.closed.is_set()

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self.ended.done()

    def accept(self) -> None:
        """Let it accept connections."""
        self._accepts = True
        with suppress(OSError):  # it has just died, which is noticed elsewhere
            self._line.send(ACCEPT)

    def end(self) -> None:
        """Ask it to drain and to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if not self.has_ended:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def _hear(self) -> None:
        try:
            words = self._line.recv(_WORDS_AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            words = b""
        if not words:
            self._loop.remove_reader(self._line)
        self.heard_at = self._loop.time()
        self.beats |= BEAT in words
        if not self.loaded.done() and (LOADED in words or FAILED in words):
            self.loaded.set_result(LOADED in words)
        if CLOSED in words:
            self.closed.set()

    def _let_go(self) -> None:
        self._loop.remove_reader(self._line)
        self._line.close()
        self.loaded.cancel()
        self.closed.set()
