"""A new embedded database is the copy of one that took every step once: many hundred tests begin with one.

As PostgreSQL's are (``postgres_server``). Each has a pseudonym key of its own. Child processes make theirs themselves,
and so do the tests of opening, which use ``made_step_by_step``.
"""

import functools
import os
import secrets
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from tutor.state import opening
from tutor.state.database import FILE_NAME, Database

MADE_STEP_BY_STEP: Callable[[Path], Database] = opening._embedded


def copy_instead() -> None:
    """Let this process copy a database instead of making one, from now on."""
    opening._embedded = _copied_or_opened


def _copied_or_opened(data_dir: Path) -> Database:
    path = data_dir / FILE_NAME
    if not path.exists() and not (data_dir / opening.BLOBS_FOLDER).exists():
        with suppress(OSError):  # what is wrong with the folder, opening says
            _copy_to(path)
    return MADE_STEP_BY_STEP(data_dir)


def _copy_to(path: Path) -> None:
    descriptor, aside = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_template())
        with closing(sqlite3.connect(aside)) as connection, connection:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("INSERT INTO installation VALUES ('pseudonym_key', ?)", [secrets.token_hex(32)])
        os.link(aside, path)  # whole, and only if nobody else was faster
    finally:
        Path(aside).unlink()


@functools.cache
def _template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE_NAME
        path.touch()  # there already, so that it is made and not copied
        opening.open_database(Path(folder)).close()
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DELETE FROM installation")
        return path.read_bytes()
