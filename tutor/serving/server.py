"""uvicorn's server, which begins to accept when it is told and ends without cutting anybody off who can be waited for.

The end, in order: not ready; nothing new is accepted; for a moment every reply asks its client to come back on another
connection; streams that are still open are told; what runs is finished.
"""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn

from tutor.api.http_protocol import PunctualH11Protocol
from tutor.api.service import Service
from tutor.serving.accepting import Acceptor, Shares
from tutor.serving.long_lived import LongLived

# From the first signal, in seconds; what the service closes of its own afterwards takes ten at most.
LEAVE_TAKING_S = 1.0  # a client that asks once a second learns that it should connect anew
STREAMS_END_S = 6.0  # an answer under load is through by then, and its stream ends by itself
GRACE_S = 14.0  # what runs then is cut

TICKS_PER_S = 10  # uvicorn's own

# How long a thread that answers keeps the interpreter from the event loop, which needs it anew after each call of the
# system. At five times what two cores can do, refusals took 242 ms (p50) with this and 824 ms with Python's 5 ms, for
# 1 % fewer answers; at .1 ms they took as long as before, for 17 % fewer. (All threads worked in a crowd then.)
SWITCH_INTERVAL_S = 0.0005


class Server(uvicorn.Server):
    """Serves one service in this process.

    Args:
        service: What to serve.
        listener: Where clients connect; shared with other processes, maybe.
        sibling_listener: Where other processes of this service pass on what they received; trusted.
        shares: Of the processes that share the listener, if any do.
        accepts_at_once: Whether to accept as soon as it runs, or only when ``accept`` is called.
        on_tick: Called ten times a second by the event loop, until the end begins.
        on_closed: Called when nothing new is accepted any more.
    """

    def __init__(  # noqa: PLR0913  (four of them by name)
        self,
        service: Service,
        listener: socket.socket,
        sibling_listener: socket.socket | None = None,
        *,
        shares: Shares | None = None,
        accepts_at_once: bool = True,
        on_tick: Callable[[int], None] = lambda _: None,
        on_closed: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(_config(service))
        self._service = service
        self._listener = listener
        self._sibling_listener = sibling_listener
        self._shares = shares
        self._acceptors: list[Acceptor] = []
        self._accepts_at_once = accepts_at_once
        self._on_tick = on_tick
        self._on_closed = on_closed
        self._long_lived = LongLived(lambda: service.loading() == "loaded")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002  (uvicorn's signature)
        """Drain at the first signal, and end with exit code 0; give up waiting at a second Ctrl+C."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
        self._service.begin_draining()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002  (uvicorn's signature)
        """Run the service; accept if that is wanted at once."""
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        await super().startup(sockets=[])
        if self._accepts_at_once:
            await self.accept()

    async def accept(self) -> None:
        """Accept connections from now on; again does nothing."""
        if not self.started:  # then it will
            self._accepts_at_once = True
        if not self.started or self._acceptors or self.should_exit:
            return
        connections = self.server_state.connections
        self._acceptors = [Acceptor(self._listener, self._protocol_of({}), connections, self._shares)]
        if self._sibling_listener is not None:
            sibling = self._protocol_of({"from_sibling": True})
            self._acceptors.append(Acceptor(self._sibling_listener, sibling, connections))

    async def on_tick(self, counter: int) -> bool:
        """Whether to end."""
        self._on_tick(counter)
        for acceptor in self._acceptors:
            acceptor.tell()
        self._long_lived.look()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002  (uvicorn's signature)
        """End in order."""
        for acceptor in self._acceptors:
            acceptor.close()
        self._listener.close()  # who never accepted has it open, too, and the kernel would go on taking connections
        self._on_closed()
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        loop = asyncio.get_running_loop()
        last_call = loop.time() + LEAVE_TAKING_S
        while self.server_state.connections and loop.time() < last_call and not self.force_exit:  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # as uvicorn waits: nothing tells of the last connection
        telling = loop.call_later(STREAMS_END_S - LEAVE_TAKING_S, self._service.end_streams)
        await super().shutdown()
        telling.cancel()

    def _protocol_of(self, state: dict[str, Any]) -> Callable[[], asyncio.Protocol]:
        def protocol() -> asyncio.Protocol:
            return PunctualH11Protocol(
                config=self.config, server_state=self.server_state, app_state={**self.lifespan.state, **state}
            )

        return protocol


def _config(service: Service) -> uvicorn.Config:
    return uvicorn.Config(
        service.app,
        http=PunctualH11Protocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        h11_max_incomplete_event_size=32 * 1024,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=int(GRACE_S - LEAVE_TAKING_S),
    )
