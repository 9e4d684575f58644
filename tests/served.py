"""An ASGI application served on a free port of this machine, for as long as a ``with`` block runs."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from ui.api_client import ApiClient

START_TIMEOUT_S = 60.0


@contextmanager
def served(build: Callable[[str], Awaitable[ASGIApp]]) -> Iterator[str]:
    """Serve what ``build`` makes of the address it will have; give the address.

    The application is built inside the server's event loop, because Gradio opens loops of its own elsewhere.
    """
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        servers: list[uvicorn.Server] = []
        started = threading.Event()

        async def serve() -> None:
            config = uvicorn.Config(await build(address), log_level="warning", ws="none", timeout_graceful_shutdown=1)
            servers.append(uvicorn.Server(config))
            started.set()
            await servers[0].serve(sockets=[listening])

        thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        thread.start()
        assert started.wait(START_TIMEOUT_S), "the application was not built in time"
        try:
            yield address
        finally:
            servers[0].should_exit = True
            thread.join(START_TIMEOUT_S)


def closing(client: ApiClient) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """A lifespan at whose end the client's connections are closed, as the service closes its own."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await client.close()

    return lifespan
