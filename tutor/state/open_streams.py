"""Streams that are open at the moment, a row each: what the processes of a service must know of one another.

A row is leased: it counts until its time is over or its stream ends, so that nobody pays for long for a process that
died. Times lie on the wall clock; one that jumps makes the count too low or too high until the leases are renewed.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from tutor.state.session_tables import open_streams


def n_elsewhere(connection: Connection, owner: str, process: str, now: datetime) -> int:
    """How many streams of this owner other processes have open."""
    table = open_streams.c
    theirs = (table.owner == owner) & (table.process != process) & (table.leased_until > now)
    return int(connection.execute(select(func.count()).select_from(open_streams).where(theirs)).scalar_one())


def add(connection: Connection, stream_id: str, owner: str, process: str, until: datetime) -> None:
    """Note a stream."""
    connection.execute(
        insert(open_streams).values(stream_id=stream_id, owner=owner, process=process, leased_until=until)
    )


def renew(connection: Connection, stream_id: str, until: datetime) -> None:
    """Note that it is still open."""
    connection.execute(update(open_streams).where(open_streams.c.stream_id == stream_id).values(leased_until=until))


def remove(connection: Connection, stream_id: str) -> None:
    """Note that it ended."""
    connection.execute(delete(open_streams).where(open_streams.c.stream_id == stream_id))


def forget(connection: Connection, now: datetime) -> None:
    """Delete what processes that died left behind, and what a clock ahead of its time leased for too long."""
    day = timedelta(days=1)
    over = (open_streams.c.leased_until < now - day) | (open_streams.c.leased_until > now + day)
    connection.execute(delete(open_streams).where(over))
