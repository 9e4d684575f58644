"""How often a person, a key, an address and a course may be answered, counted across all workers of the service.

Who is counted comes from identification alone. Callers who can choose their own name, which are visitors, count by
their address too, and those without any name only by it; the address is the connection's, as the server gives it.
"""

import asyncio
import hashlib
import ipaddress
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutor.api.callers import Caller, caller_of
from tutor.state.allowances import AllowanceSpent, Charge, Limit, Standing, spend
from tutor.state.database import Database

MINUTE_S, DAY_S = 60, 86_400
IPV6_PREFIX = 64  # one household or machine has a network of this size, and could ask from any address in it

_THREADS = 2  # not tuned: counting takes a fraction of a millisecond
_SCOPE_KEY = "allowance"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Quotas:
    """The limits of one service; 0 is none. The settings describe them."""

    person_per_minute: int = 0
    person_per_day: int = 0
    key_per_minute: int = 0
    key_per_day: int = 0
    address_per_minute: int = 0
    course_per_day: int = 0


class Allowances:
    """Counts questions and searches, and refuses those over a limit.

    Args:
        database: Where all workers count.
        quotas: The limits.
        clock: Seconds since 1970.
    """

    def __init__(self, database: Database, quotas: Quotas, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._quotas = quotas
        self._clock = clock
        # Of its own: whether somebody may ask must be known at once, whatever other threads are busy with.
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="allowances")

    async def spend(self, scope: Scope, course_id: str) -> None:
        """Count one question of this request's caller, and leave in the scope what the reply's headers will say.

        Raises:
            AllowanceSpent: A limit is reached.
        """
        charges = self.charges(caller_of(scope), _address(scope), course_id)
        if not charges:
            return
        try:
            standings = await asyncio.get_running_loop().run_in_executor(self._threads, self._count, charges)
        except AllowanceSpent as spent:
            scope.setdefault("state", {})[_SCOPE_KEY] = spent.standings
            raise
        scope.setdefault("state", {})[_SCOPE_KEY] = standings

    def charges(self, caller: Caller, address: str, course_id: str) -> tuple[Charge, ...]:
        """What one question counts against."""
        quotas, counted = self._quotas, []
        own = f"{caller.kind}:{caller.caller_id}" if caller.kind == "key" else caller.person_id
        if caller.kind == "key":
            counted += [
                (Limit("key-minute", quotas.key_per_minute, MINUTE_S), own),
                (Limit("key-day", quotas.key_per_day, DAY_S), own),
            ]
        elif own:
            counted += [
                (Limit("person-minute", quotas.person_per_minute, MINUTE_S), own),
                (Limit("person-day", quotas.person_per_day, DAY_S), own),
            ]
        if caller.kind in ("visitor", "anonymous"):
            counted.append((Limit("address-minute", quotas.address_per_minute, MINUTE_S), f"@{address}"))
        counted.append((Limit("course-day", quotas.course_per_day, DAY_S), f"course:{course_id}"))
        return tuple(Charge(limit, _hash(who)) for limit, who in counted if limit.quota)

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown()

    def _count(self, charges: Sequence[Charge]) -> tuple[Standing, ...]:
        try:
            with self._database.counting() as connection:
                return spend(connection, charges, self._clock())
        except SQLAlchemyError as error:
            # A full disk or a long write must not end the answers; the threads that work on them bound the cost.
            logger.warning("a question was not counted: %s", type(error).__name__)
            return ()


class AllowanceHeaders:
    """Tells callers how they stand: ``RateLimit`` and ``RateLimit-Policy`` (IETF draft 11) on replies that counted."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start" and (standings := scope["state"].get(_SCOPE_KEY)):
                MutableHeaders(scope=message).update(_headers(standings))
            await send(message)

        await self._app(scope, receive, with_headers)


def _headers(standings: Sequence[Standing]) -> dict[str, str]:
    return {
        "ratelimit-policy": ", ".join(
            f'"{each.limit.name}";q={each.limit.quota};w={each.limit.window_s}' for each in standings
        ),
        "ratelimit": ", ".join(f'"{each.limit.name}";r={each.remaining};t={each.reset_s}' for each in standings),
    }


def _address(scope: Scope) -> str:
    """The network that a request comes from."""
    client = scope.get("client")
    host = str(client[0]) if client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6 and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((host, IPV6_PREFIX), strict=False)) if address.version == 6 else host


def _hash(who: str) -> str:
    return hashlib.sha256(who.encode("utf-8", "surrogatepass")).hexdigest()[:32]
