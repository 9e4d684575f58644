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

ROOT = Path(__file__).parents[1]
COURSE = "deep-learning-in-medicine"


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
def two_courses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the bundled course and a small one that has formulas."""
    courses = tmp_path_factory.mktemp("courses")
    (courses / COURSE).symlink_to(ROOT / "corpus" / "courses" / COURSE)
    (courses / "stars").symlink_to(ROOT / "tests" / "data" / "stars")
    return courses


@pytest.fixture(scope="session")
def address(data_dir: Path, two_courses: Path, other_site: tuple[str, Path]) -> Iterator[str]:
    """Of the chat, opened at the bundled course."""
    settings = {"TUTOR_COURSES_DIR": str(two_courses), "TUTOR_ALLOWED_ORIGINS": other_site[0]}
    with serving(data_dir, "--open", **settings) as link:
        yield f"{link}?course={COURSE}"


@pytest.fixture
def chat(open_page: OpenPage, address: str) -> Observed:
    """The chat in a desktop window, its course loaded."""
    chat = open_page(address)
    chat.wait_until_ready()
    return chat
