"""The end of service: announced once, seen by the readiness check and by every open stream."""

import asyncio


class Drain:
    """Whether the service is ending. Begun from the event loop's thread, by a signal handler for instance."""

    def __init__(self) -> None:
        self._begun = asyncio.Event()

    @property
    def begun(self) -> bool:
        """Whether it has begun."""
        return self._begun.is_set()

    def begin(self) -> None:
        """Announce the end."""
        self._begun.set()

    async def wait(self) -> None:
        """Return when it begins."""
        await self._begun.wait()
