"""From a data directory or an address to a database that is sound and has today's schema.

A damaged database and one that a newer version wrote are refused before anything is changed.
"""

import os
import sqlite3
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from tutor.state.database import FILE_NAME, Database
from tutor.state.errors import DatabaseDamaged, DatabaseUnreachable, StateUnwritable
from tutor.state.folder_blobs import FolderBlobs
from tutor.state.migrating import migrate

BLOBS_FOLDER = "blobs"
UNFINISHED_RESTORE = ".restore-unfinished"


def open_database(data_dir: Path, url: str = "", *, prepare: bool = True, is_checked: bool = False) -> Database:
    """Open the database, check it, and bring its schema up to date.

    Args:
        data_dir: Holds the embedded database, snapshots and locks.
        url: ``postgresql://...``; empty for the embedded database.
        prepare: As ``Database`` says.
        is_checked: Somebody has just read it through for this service, and it need not be done again.

    Raises:
        StateUnwritable: The data directory is not writable.
        DatabaseDamaged: Restore a backup.
        DatabaseUnreachable: Nobody answers at the address.
        SchemaNewer: A newer version of the tutor wrote it.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StateUnwritable(data_dir, error) from error
    if (data_dir / UNFINISHED_RESTORE).exists():
        raise DatabaseDamaged(str(data_dir), "a restore was cut off while it moved files in place")
    database = Database(postgresql_address(url), prepare=prepare) if url else _embedded(data_dir)
    try:
        if database.is_sqlite and not is_checked:
            _check(database)
        migrate(database, data_dir)
    except OperationalError as error:
        database.close()
        raise _trouble(database, data_dir, error) from error
    except BaseException:
        database.close()
        raise
    return database


def blobs_of(data_dir: Path) -> FolderBlobs:
    """The original files of a data directory."""
    return FolderBlobs(data_dir / BLOBS_FOLDER)


def _embedded(data_dir: Path) -> Database:
    path = data_dir / FILE_NAME
    try:
        # Made here for its mode: learners' questions are its owner's only. SQLite gives -wal and -shm the same mode.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StateUnwritable(path, error) from error
    if path.stat().st_size == 0 and any((data_dir / BLOBS_FOLDER).glob("??/*")):
        # SQLite takes an empty file for a new database, and everything would seem well.
        raise DatabaseDamaged(str(path), "it is empty, though files are stored beside it")
    return Database.in_folder(data_dir)


def postgresql_address(text: str) -> URL:
    """An address as people write them: also of several servers, ``postgresql://one:5432,two:5432/name?...``.

    Raises:
        DatabaseUnreachable: It is none.
    """
    text, hosts = _without_several_hosts(text)
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise DatabaseUnreachable("in TUTOR_DATABASE_URL", "this is not an address") from error
    if url.get_backend_name() != "postgresql":
        raise DatabaseUnreachable(_where(url), "only postgresql:// addresses are supported")
    url = url.set(drivername="postgresql+psycopg")
    return url.update_query_dict({"host": hosts}) if hosts else url


def _without_several_hosts(text: str) -> tuple[str, tuple[str, ...]]:
    """Libpq's way to name several servers is not SQLAlchemy's, which wants each as a ``host`` behind the "?"."""
    scheme, mark, rest = text.partition("://")
    where, slash, name = rest.partition("/")
    who, at, servers = where.rpartition("@")
    if "," not in servers:
        return text, ()
    return f"{scheme}{mark}{who}{at}{slash}{name}", tuple(servers.split(","))


def _check(database: Database) -> None:
    """Read every page once: structure, order, counts. A second for a gigabyte from a warm disk."""
    where = str(database.url.database)
    try:
        with database.reading() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    except OperationalError:
        raise
    except DBAPIError as error:
        raise DatabaseDamaged(where, str(error.orig)) from error
    if found != "ok":
        raise DatabaseDamaged(where, str(found))


def _trouble(database: Database, data_dir: Path, error: OperationalError) -> Exception:
    if not database.is_sqlite:
        return DatabaseUnreachable(_where(database.url), str(error.orig).strip())
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN):
        return StateUnwritable(data_dir, OSError(0, str(error.orig)))
    return DatabaseDamaged(str(database.url.database), str(error.orig))


def _where(url: URL) -> str:
    return url.render_as_string(hide_password=True)
