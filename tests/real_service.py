"""The real service for a whole test run, and another site whose pages can show it in a frame.

Use it as a plugin: ``pytest_plugins = ["browser", "real_service"]``.
"""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from observed import Observed, OpenPage
from serving import serving


class QuietFiles(SimpleHTTPRequestHandler):
    """Serves files and says nothing about it."""

    def log_message(self, *args: object) -> None: ...


@pytest.fixture(scope="session")
def other_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Another site, as an LMS is: its origin and the folder of its pages."""
    pages = tmp_path_factory.mktemp("lms")

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietFiles, directory=str(pages))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}", pages
        server.shutdown()


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def address(data_dir: Path, other_site: tuple[str, Path]) -> Iterator[str]:
    with serving(data_dir, "--open", TUTOR_ALLOWED_ORIGINS=other_site[0]) as link:
        yield link


@pytest.fixture
def chat(open_page: OpenPage, address: str) -> Observed:
    """The chat in a desktop window, its course loaded."""
    chat = open_page(address)
    chat.wait_until_ready()
    return chat
