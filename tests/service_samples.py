"""A whole service in the test's own process: two small courses, a fast embedder, the real chat and the real gate."""

import asyncio
import atexit
import functools
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import uvicorn
from chosen_store import kept_open, opened, settings_at
from hashing_embedder import HashingEmbedder
from starlette.types import ASGIApp, Receive, Scope, Send

from index.protocols import Embedder
from tutor.api.http_protocol import PunctualH11Protocol
from tutor.api.identity import Access
from tutor.api.service import Service
from tutor.bootstrap import Parts, open_parts
from tutor.ingest.intake import Intake
from tutor.ingest.readings import read_here
from tutor.library import Library
from tutor.permissions import STUDENT, Permission, Role
from tutor.state import keys
from ui.asgi import create_app

T = TypeVar("T")

STARS = """# Stars

Stars fuse hydrogen into helium in their cores.

## Key terms

- **nebula**: A nebula is a cloud of gas and dust in space.
- **red giant**: A red giant is a large and cool star near the end of its life.

## Giants

A red giant swells when the hydrogen in its core runs out. Our sun will become one in five billion years.

## Key takeaways

- Stars shine because they fuse hydrogen.
- Mass decides how long a star lives.
"""
CELLS = """# Cells

Cells are the units of life.

## Key terms

- **mitochondrion**: A mitochondrion turns sugar into energy that a cell can use.
"""

HOST = "127.0.0.1"
ORIGIN = f"http://{HOST}:8000"


@dataclass(frozen=True)
class Sample:
    """A service and what a test needs to get at it."""

    service: Service
    access: Access
    library: Library
    key: str
    intake: Intake

    def client(self, *, key: str | None = "", cookie: str = "", **headers: str) -> httpx.AsyncClient:
        """A client with the sample's key, another one, or none; without a network."""
        if key is not None:
            headers["authorization"] = f"Bearer {key or self.key}"
        if cookie:
            headers["cookie"] = f"{self.access.cookie_name}={cookie}"
        transport = httpx.ASGITransport(self.service.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers, timeout=30)

    def log_in(self, role: Role = "admin", *courses: str) -> str:
        """Start a session; gives the secret for its cookie."""
        return self.access.sessions.start(role, courses)

    def make_key(self, *courses: str, permissions: frozenset[Permission] = STUDENT) -> tuple[keys.ApiKey, str]:
        """A further key, bound to some courses or to none."""
        with self.access.database.writing() as connection:
            return keys.create(connection, "another", permissions=permissions, courses=courses)

    def ask(self, send: Callable[[httpx.AsyncClient], Coroutine[Any, Any, T]], **client: Any) -> T:
        """Run one exchange to its end."""

        async def exchange() -> T:
            async with self.client(**client) as http:
                return await send(http)

        return asyncio.run(exchange())

    def get(self, path: str, **client: Any) -> httpx.Response:
        """GET one path."""
        return self.ask(lambda http: http.get(path), **client)

    def post(self, path: str, json: Any, **client: Any) -> httpx.Response:
        """POST JSON to one path."""
        return self.ask(lambda http: http.post(path, json=json), **client)


def never_ended(app: ASGIApp) -> ASGIApp:
    """The application for Schemathesis, which ends it after each request: one that ended cannot be asked again."""

    async def started(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for event in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{event}.complete"})
        else:
            await app(scope, receive, send)

    return started


@functools.cache
def shared_sample() -> Sample:
    """One service for all tests that change nothing in it."""
    folder = Path(tempfile.mkdtemp(prefix="course-tutor-tests-"))
    atexit.register(shutil.rmtree, folder)
    with kept_open():
        return make_sample(folder)


def write_courses(folder: Path) -> list[Path]:
    """Two course folders."""
    for name, text in (("stars", STARS), ("cells", CELLS)):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "lesson.md").write_text(text)
    return [folder / "stars", folder / "cells"]


def make_parts(
    folder: Path,
    *,
    bundled: Sequence[Path] | None = None,
    open_embedder: Callable[[], Embedder] = HashingEmbedder,
    **settings: Any,
) -> Parts:
    """Everything that one process works with, not loaded yet; the two courses to import, or others."""
    courses = write_courses(folder / "courses") if bundled is None else bundled
    parts = open_parts(settings_at(folder, **settings), open_embedder=open_embedder, bundled=courses, read=read_here)
    opened(parts)
    return parts


def make_library(folder: Path, **parts: Any) -> Library:
    """The two courses, or others, loaded."""
    library = make_parts(folder, **parts).library
    library.load()
    return library


def make_sample(
    folder: Path,
    *,
    library: Library | None = None,
    parts: Parts | None = None,
    open_to_all: bool = False,
    base_url: str = ORIGIN,
    **settings: Any,
) -> Sample:
    """A service over two small courses, with one key for all of them."""
    parts = parts or make_parts(folder, **settings)
    if library is None:
        library = parts.library
        library.load()
    access = Access(parts.database, open_to_all=open_to_all)
    with access.database.writing() as connection:
        _, key = keys.create(connection, "tests")

    async def build() -> Service:  # in a loop: without one Gradio makes its own and never closes it
        return create_app(
            settings_at(folder, **settings), access, base_url=base_url, library=library, intake=parts.intake
        )

    with ThreadPoolExecutor(max_workers=1) as elsewhere:  # this thread's loop may be Playwright's
        service = elsewhere.submit(lambda: asyncio.run(build())).result()
    return Sample(service, access, library, key, parts.intake)


@contextmanager
def running(service: Service, *, port: int = 0, grace_s: int = 5) -> Iterator[str]:
    """Serve on a real socket, and drain at the end as ``serve`` does; gives the origin."""
    config = uvicorn.Config(
        service.app, host=HOST, port=port, http=PunctualH11Protocol, ws="none", log_config=None, access_log=False,
        server_header=False, timeout_graceful_shutdown=grace_s,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        give_up = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive() and time.monotonic() < give_up, "the server does not start"
            time.sleep(0.01)
        yield f"http://{HOST}:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive(), "the server does not end"
