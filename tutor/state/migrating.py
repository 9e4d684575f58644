"""One schema, changed step by step: one runner at a time, in one transaction, after a snapshot.

The steps lie in ``tutor/state/migrations`` and come with the package. To add one: change the tables, then run
``alembic revision --autogenerate -m "what changes"`` and read what it wrote.
"""

import fcntl
import functools
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from tutor.state.database import Database
from tutor.state.errors import SchemaNewer
from tutor.state.installation import ensure_pseudonym_key

SNAPSHOTS_FOLDER = "snapshots"
_LOCK_NAME = ".migration-lock"
_ADVISORY_LOCK = 0x636F75727365  # "course", for whoever reads pg_locks

logger = logging.getLogger(__name__)


def migrate(database: Database, data_dir: Path) -> None:
    """Bring the schema up to date; does nothing where it is.

    Raises:
        SchemaNewer: A newer version of the tutor wrote it; nothing is changed.
    """
    with database.reading() as connection:
        if _is_current(connection):
            return
    if database.is_sqlite:
        with _file_lock(data_dir / _LOCK_NAME):
            _snapshot(database, data_dir)
            _upgrade(database)
    else:
        _upgrade(database)


def newest_revision() -> str:
    """The schema that this version of the tutor has."""
    return _scripts().get_current_head() or ""


def revision_of(connection: Connection) -> str:
    """The schema that a database has; empty when it has none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def _upgrade(database: Database) -> None:
    with database.writing() as connection:
        if not database.is_sqlite:  # others wait here, and then find nothing to do
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        if _is_current(connection):
            return
        before = revision_of(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        ensure_pseudonym_key(connection)
    logger.info("the database's schema went from %r to %r", before, newest_revision())


def _is_current(connection: Connection) -> bool:
    found = revision_of(connection)
    known = {script.revision for script in _scripts().walk_revisions()}
    if found and found not in known:
        raise SchemaNewer(found, newest_revision())
    return found == newest_revision()


def _snapshot(database: Database, data_dir: Path) -> None:
    """Keep what was there, whole, before it is changed."""
    with database.engine.connect() as connection:
        found = revision_of(connection)
        if not found or found == newest_revision():
            return
        folder = data_dir / SNAPSHOTS_FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"before-{newest_revision()}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.sqlite3"
        connection.rollback()  # VACUUM INTO runs outside of transactions
        raw = connection.connection.driver_connection
        assert raw is not None  # noqa: S101  (a connected connection has one)
        raw.execute("VACUUM INTO ?", (str(path),))
    logger.info("kept the database as it was at %s", path.name)


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "tutor.state:migrations")
    return config


@functools.cache  # each look reads every step from its file: 4 ms, several times an opening
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
