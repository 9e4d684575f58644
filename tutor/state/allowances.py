"""Limits on how often somebody may do what costs, counted in SQL: one row for each limit, subject and window of time.

A limit is checked against a sliding window, estimated from two fixed ones: what was used in this window, and of the one
before the share that still lies within. So nobody gets twice the limit around a window's end, and no single use has to
be kept. Windows lie on the wall clock, which workers share: a clock that jumps begins another window, and whatever that
window holds, it is over after its own length.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, or_, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from tutor.errors import TutorError
from tutor.state.allowance_tables import spent_allowances

KEPT_S = 2 * 86_400  # a day's window counts on the next day, too


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may happen in a window of time."""

    name: str  # shown to callers: a word, a dash, the window
    quota: int
    window_s: int


@dataclass(frozen=True, slots=True)
class Charge:
    """One use that counts against a limit, of one subject."""

    limit: Limit
    subject: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a subject stands with a limit after a charge."""

    limit: Limit
    remaining: int
    reset_s: int  # until the window ends


class AllowanceSpent(TutorError):
    """A limit is reached; nothing was counted."""

    def __init__(self, limit: Limit, retry_after_s: int, standings: Sequence[Standing] = ()) -> None:
        super().__init__(
            f"the limit {limit.name!r} of {limit.quota} in {limit.window_s} s is reached; "
            f"try again in {retry_after_s} s"
        )
        self.limit = limit
        self.retry_after_s = retry_after_s
        self.standings = tuple(standings)


def spend(connection: Connection, charges: Sequence[Charge], now: float) -> tuple[Standing, ...]:
    """Count one use against every charge, or, when one of them is over its limit, against none.

    Args:
        connection: A writing one; the caller's transaction ends with the exception, which takes the counts back.
        charges: At most one for each limit and subject.
        now: Seconds since 1970.

    Raises:
        AllowanceSpent: A limit is reached; the one that is longest in the way is named.
    """
    ends = {charge: (int(now // charge.limit.window_s) + 1) * charge.limit.window_s for charge in charges}
    before = _before(connection, ends)
    used = _count(connection, ends)
    standings = tuple(_standing(charge, used[charge], before.get(charge, 0), ends[charge], now) for charge in charges)
    over = [
        (_wait(charge, used[charge] - 1, before.get(charge, 0), ends[charge], now), charge.limit)
        for charge, standing in zip(charges, standings, strict=True)
        if standing.remaining < 0
    ]
    if over:
        retry_after_s, limit = max(over, key=lambda each: each[0])
        stands = [Standing(each.limit, max(0, each.remaining), each.reset_s) for each in standings]
        raise AllowanceSpent(limit, retry_after_s, stands)
    return standings


def forget(connection: Connection, now: float) -> None:
    """Delete the counts of windows that no limit looks at any more, and of those that a wrong clock put ahead."""
    table = spent_allowances.c
    connection.execute(
        delete(spent_allowances).where(or_(table.window_end < now - KEPT_S, table.window_end > now + KEPT_S))
    )


def _before(connection: Connection, ends: dict[Charge, int]) -> dict[Charge, int]:
    """What was used in the windows before."""
    table = spent_allowances.c
    wanted = {(c.limit.name, c.subject, end - c.limit.window_s): c for c, end in ends.items()}
    rows = connection.execute(
        select(spent_allowances).where(tuple_(table.limit_name, table.subject, table.window_end).in_(list(wanted)))
    )
    return {wanted[row.limit_name, row.subject, row.window_end]: row.n for row in rows}


def _count(connection: Connection, ends: dict[Charge, int]) -> dict[Charge, int]:
    """Add one to every window and give what it then holds; the rows stay locked until the transaction ends."""
    # Always in the same order: two transactions that lock the same rows would wait for each other for ever.
    ordered = sorted(ends, key=lambda charge: (charge.limit.name, charge.subject))
    rows = [
        {"limit_name": each.limit.name, "subject": each.subject, "window_end": ends[each], "n": 1} for each in ordered
    ]
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(spent_allowances).values(rows)
    counted = connection.execute(
        insert.on_conflict_do_update(
            index_elements=list(spent_allowances.primary_key), set_={"n": spent_allowances.c.n + 1}
        ).returning(spent_allowances)
    )
    found = {(row.limit_name, row.subject): row.n for row in counted}
    return {charge: found[charge.limit.name, charge.subject] for charge in ordered}


def _standing(charge: Charge, used: int, before: int, end: int, now: float) -> Standing:
    still = before * (end - now) / charge.limit.window_s
    return Standing(charge.limit, math.floor(charge.limit.quota - used - still), math.ceil(end - now))


def _wait(charge: Charge, used: int, before: int, end: int, now: float) -> int:
    """Seconds until one more use fits: until enough of the window before has passed out of sight."""
    quota, window_s, left_s = charge.limit.quota, charge.limit.window_s, end - now
    room = quota - 1 - used
    if room >= 0:  # it is the window before that is in the way
        return max(1, math.ceil(left_s - room * window_s / before))
    # Then this window is: it must end, and its share shrink.
    return max(1, math.ceil(left_s + window_s * (1 - (quota - 1) / used)))
