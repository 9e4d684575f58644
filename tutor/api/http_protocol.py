"""uvicorn's HTTP protocol with the patience that it lacks: a request line and headers must arrive in time.

uvicorn waits for ever for the rest of a header, and for the first byte of a new connection (measured: open after 48 s).
The gate limits how long a body may take; it never sees a request whose header does not end.
"""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_DEADLINE_S = 10.0
MAX_CONNECTIONS = 1000


class PunctualH11Protocol(H11Protocol):
    """Closes connections that do not bring a whole request head in time, and those beyond the limit."""

    head_deadline_s = HEAD_DEADLINE_S
    max_connections = MAX_CONNECTIONS

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn itself
        """Begin to wait for the first head."""
        super().connection_made(transport)
        if len(self.connections) > self.max_connections:
            transport.close()
        else:
            self._await_head()

    def data_received(self, data: bytes) -> None:
        """Stop waiting once a head is whole; begin with the first byte of the next."""
        served_before = self.cycle
        if self._waiting is None and (self.cycle is None or self.cycle.response_complete):
            self._await_head()
        super().data_received(data)
        if self.cycle is not served_before:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._waiting = self.loop.call_later(self.head_deadline_s, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
