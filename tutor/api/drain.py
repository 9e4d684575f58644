"""The end of service: announced once, seen by the readiness check and by every open stream."""

import asyncio


class Drain:
    """Whether the service is ending. Any thread may announce it, and a signal handler, too."""

    def __init__(self) -> None:
        self._begun = False
        self._waiting: set[asyncio.Future[None]] = set()

    @property
    def begun(self) -> bool:
        """Whether it has begun."""
        return self._begun

    def begin(self) -> None:
        """Announce the end."""
        self._begun = True
        for waiting in tuple(self._waiting):
            waiting.get_loop().call_soon_threadsafe(_wake, waiting)

    async def wait(self) -> None:
        """Return when it begins."""
        if self._begun:
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
