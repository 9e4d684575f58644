"""The end of service, in two steps: it is announced, which the readiness check sees; then open streams are told."""

import asyncio


class Drain:
    """Whether the service is ending. Any thread may announce it, and a signal handler, too.

    Streams are told later than all others, because most of them are an answer that is nearly through.
    """

    def __init__(self) -> None:
        self._begun = False
        self._streams_end = False
        self._waiting: set[asyncio.Future[None]] = set()

    @property
    def begun(self) -> bool:
        """Whether it has begun."""
        return self._begun

    @property
    def streams_end(self) -> bool:
        """Whether streams are to end."""
        return self._streams_end

    def begin(self) -> None:
        """Announce the end."""
        self._begun = True

    def end_streams(self) -> None:
        """Tell all streams."""
        self._begun = self._streams_end = True
        for waiting in tuple(self._waiting):
            waiting.get_loop().call_soon_threadsafe(_wake, waiting)

    async def wait(self) -> None:
        """Return when streams are to end."""
        if self._streams_end:
            return
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            await waiting
        finally:
            self._waiting.discard(waiting)


def _wake(waiting: "asyncio.Future[None]") -> None:
    if not waiting.done():
        waiting.set_result(None)
