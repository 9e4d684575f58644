"""Bodies too large to hold in memory: they pass through while they are counted, and must keep coming."""

import asyncio

from starlette.types import Message, Receive

from tutor.errors import TutorError

STALL_S = 30.0  # not tuned: between two pieces of a body; a mobile connection that is silent for longer is gone
GRACE_S = 30.0  # from the start, in which any speed is enough
MIN_BYTES_PER_S = 8 * 1024  # after that, on average: 100 MiB may take 3.6 hours, a trickle to hold a place may not


class BodyTooLarge(TutorError):
    """More arrived than the limit allows."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"the body has more than the {limit} bytes allowed; the operator sets TUTOR_MAX_UPLOAD_BYTES")


class BodyTooSlow(TutorError):
    """It stopped arriving, or arrived too slowly."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the upload was given up: {reason}; send it again")


class CountedBody:
    """A ``receive`` that counts what passes.

    Args:
        receive: The connection's.
        max_bytes: Of the whole body.
    """

    def __init__(self, receive: Receive, max_bytes: int) -> None:
        self._receive = receive
        self._max_bytes = max_bytes
        self._taken = 0
        self._whole = False
        self._started_at: float | None = None

    async def __call__(self) -> Message:
        """The next message.

        Raises:
            BodyTooLarge: The limit is passed.
            BodyTooSlow: Nothing came for too long, or too little.
        """
        if self._whole:  # what is waited for now is the client's leaving
            return await self._receive()
        message = await self._next()
        if message["type"] == "http.request":
            self._taken += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._taken > self._max_bytes:
                raise BodyTooLarge(self._max_bytes)
        return message

    async def _next(self) -> Message:
        now = asyncio.get_running_loop().time
        self._started_at = self._started_at or now()
        try:
            async with asyncio.timeout(STALL_S):
                message = await self._receive()
        except TimeoutError:
            raise BodyTooSlow(f"nothing arrived for {STALL_S:g} s") from None
        spent = now() - self._started_at - GRACE_S
        if spent > 0 and self._taken < spent * MIN_BYTES_PER_S:
            raise BodyTooSlow(f"less than {MIN_BYTES_PER_S} bytes a second arrived")
        return message
