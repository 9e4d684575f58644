"""Ids made by the application: unique without asking the database, and in order of time."""

import secrets
import time


def new_id() -> str:
    """An id of 32 hex digits: 12 of milliseconds since 1970, 20 random (80 bits).

    Sorting by id sorts by time as far as the clock did not jump; nothing may depend on more than that.
    """
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"
