"""Where a test run keeps its courses: in folders, or with ``COURSE_TUTOR_TEST_STORE=pgvector`` all of it in PostgreSQL.

A data directory has a database of its own, the same one however often and by however many processes it is opened. What
a test sets by itself (``TUTOR_STORE``, ``TUTOR_DATABASE_URL``) goes before the choice of the run.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from corpus.types import Course
from index.builder import publish_course
from index.course_index import CourseIndex
from index.generation_store import GenerationStore
from index.protocols import Embedder
from tutor.bootstrap import Parts, open_generations
from tutor.settings import Settings
from tutor.state import opening
from tutor.state.database import Database

IN_POSTGRESQL = os.environ.get("COURSE_TUTOR_TEST_STORE", "embedded") == "pgvector"
on_the_disk = pytest.mark.skipif(IN_POSTGRESQL, reason="is about the files of the embedded store")

_opened: list[Parts | GenerationStore] = []  # to be closed after the test that runs
_clearing: list[int] = []  # a number for each ``cleared_away`` that runs
_addresses: dict[Path, str] = {}  # of databases, by data directory
_shared: list[Parts | GenerationStore] = []  # by tests, until the run ends
_shared_addresses: dict[Path, str] = {}


def settings_at(data_dir: Path, **more: Any) -> Settings:
    """The settings of a process that works on a data directory."""
    chosen = {"store": "pgvector", "database_url": _address_of(data_dir)} if _is_chosen() else {}
    return Settings(data_dir=data_dir, **chosen | more)


def environment_at(data_dir: Path) -> dict[str, str]:
    """The same, as a process of its own is told it."""
    chosen = {"TUTOR_STORE": "pgvector", "TUTOR_DATABASE_URL": _address_of(data_dir)} if _is_chosen() else {}
    return {"TUTOR_DATA_DIR": str(data_dir), **chosen}


def work_at(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands that run in this process work on a data directory."""
    for name, value in environment_at(data_dir).items():
        monkeypatch.setenv(name, value)


def database_at(data_dir: Path) -> Database:
    """The rows that belong to a data directory; to be closed."""
    return opening.open_database(data_dir, settings_at(data_dir).database_url)


def generations_at(data_dir: Path) -> GenerationStore:
    """The generations that belong to a data directory."""
    return opened(open_generations(settings_at(data_dir)))


def index_at(data_dir: Path, course: Course, embedder: Embedder) -> CourseIndex:
    """A course, indexed and opened."""
    store = generations_at(data_dir)
    publish_course(course, embedder, store)
    return store.open(course.course_id, embedder)


def opened(what: Any) -> Any:
    """Have something closed after the test, which may leave it open; outside of ``cleared_away`` it is let go of."""
    if _clearing:
        _opened.append(what)
    return what


def close_now(what: Any) -> None:
    """Close it and forget it: a test that opens thousands would have all their files mapped to its end."""
    what.close()
    _opened[:] = [each for each in _opened if each is not what]


@contextmanager
def kept_open() -> Iterator[None]:
    """For what tests share: what is opened in the block is not closed after the test, and its database stays."""
    n_before, known = len(_opened), set(_addresses)
    yield
    _shared.extend(_opened[n_before:])
    del _opened[n_before:]
    for data_dir in set(_addresses) - known:
        _shared_addresses[data_dir] = _addresses.pop(data_dir)


@contextmanager
def cleared_away() -> Iterator[None]:
    """Close what is opened in the block and drop its databases: a server has few connections, a disk little room."""
    n_before, known = len(_opened), set(_addresses)
    _clearing.append(n_before)
    yield
    _clearing.pop()
    while len(_opened) > n_before:
        _opened.pop().close()
    for data_dir in set(_addresses) - known:
        from postgres_server import drop_database  # drivers and all: only where there is a database

        drop_database(_addresses.pop(data_dir))


def _is_chosen() -> bool:
    return IN_POSTGRESQL and not {"TUTOR_STORE", "TUTOR_DATABASE_URL"} & set(os.environ)


def _address_of(data_dir: Path) -> str:
    from postgres_server import new_store

    data_dir = data_dir.resolve()
    if (shared := _shared_addresses.get(data_dir)) is not None:
        return shared
    if data_dir not in _addresses:
        _addresses[data_dir] = new_store()
    return _addresses[data_dir]
