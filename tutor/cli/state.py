"""The database of the settings, for commands that change it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from tutor.bootstrap import open_database
from tutor.settings import Settings


@contextmanager
def writing_state() -> Iterator[Connection]:
    """One transaction on the state of the data directory, beside a running server or without one."""
    database = open_database(Settings.from_environment())
    try:
        with database.writing() as connection:
            yield connection
    finally:
        database.close()
