"""Tokens that work once: the first use writes them down, every later one finds them there."""

import hashlib
from datetime import datetime

from sqlalchemy import Connection, delete
from sqlalchemy.dialects import postgresql, sqlite

from tutor.state.integration_tables import used_tokens
from tutor.state.sessions import CLOCK_MAY_JUMP


def use(connection: Connection, kind: str, name: str, *, expires_at: datetime) -> bool:
    """Use a token up.

    Args:
        connection: A writing one.
        kind: What the token is for, so that two kinds may share names.
        name: What tells it from all others.
        expires_at: When it is refused anyway, and may be forgotten.

    Returns:
        Whether this is the first time.
    """
    token_id = hashlib.sha256(f"{kind}|{name}".encode("utf-8", "surrogatepass")).hexdigest()
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(used_tokens).values(token_id=token_id, expires_at=expires_at)
    written = connection.execute(insert.on_conflict_do_nothing().returning(used_tokens.c.token_id))
    return written.one_or_none() is not None


def forget(connection: Connection, now: datetime) -> None:
    """Delete those whose time is over for certain: a clock that was ahead makes none good a second time."""
    connection.execute(delete(used_tokens).where(used_tokens.c.expires_at < now - CLOCK_MAY_JUMP))
