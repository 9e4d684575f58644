"""The chat behind its gate in a real browser: under its policy, on another site's page, without cookies or storage."""

import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from observed import Observed, OpenPage
from playwright.sync_api import Frame
from service_samples import HOST, Sample, make_sample, running, shared_sample

pytest_plugins = ["browser"]
pytestmark = pytest.mark.browser

QUESTION = "What is a mitochondrion?"  # of the first course, which the chat opens
ANSWER = "turns sugar into energy"


@pytest.fixture(scope="module")
def lms() -> Iterator[str]:
    """Another site, whose only page shows in a frame whatever address its query string names."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = f'<h1>A course page</h1><iframe src="{self.path.partition("?")[2]}" width="900" height="700">'
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer((HOST, 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://{HOST}:{server.server_port}"
        server.shutdown()
        thread.join()


def free_port() -> int:
    with socket.create_server((HOST, 0)) as free:
        port: int = free.getsockname()[1]
    return port


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sample, str]]:
    folder: Path = tmp_path_factory.mktemp("private")
    port = free_port()
    sample = make_sample(folder, library=shared_sample().library, base_url=f"http://{HOST}:{port}")
    with running(sample.service, port=port) as origin:
        yield sample, origin


@pytest.fixture(scope="module")
def open_to_all(tmp_path_factory: pytest.TempPathFactory, lms: str) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("open")
    port = free_port()
    sample = make_sample(
        folder,
        library=shared_sample().library,
        base_url=f"http://{HOST}:{port}",
        open_to_all=True,
        allowed_origins=lms,
    )
    with running(sample.service, port=port):
        yield f"http://localhost:{port}"  # to a browser another site than 127.0.0.1


def ask(page: Frame) -> None:
    page.locator(".ct-suggestion").first.wait_for(timeout=30_000)  # the course can be asked
    box = page.locator("#course-tutor textarea").first
    box.fill(QUESTION)
    box.press("Enter")
    page.locator(".ct-statement", has_text=ANSWER).first.wait_for(timeout=20_000)


def test_the_printed_link_leads_to_a_chat_that_answers_under_its_policy(
    private: tuple[Sample, str], open_page: OpenPage
) -> None:
    sample, origin = private
    chat: Observed = open_page(f"{origin}/login?token={sample.access.make_link()}")

    ask(chat.page.main_frame)

    assert chat.page.url == f"{origin}/chat/"
    assert [message for message in chat.errors if "Content Security Policy" in message] == []
    assert chat.elsewhere == []


def test_inline_handlers_and_foreign_scripts_do_not_run_on_the_page(
    private: tuple[Sample, str], open_page: OpenPage
) -> None:
    sample, origin = private
    chat = open_page(f"{origin}/login?token={sample.access.make_link()}")
    chat.page.evaluate(
        """() => {
            document.body.insertAdjacentHTML("beforeend", '<img src="data:," onerror="window.pwned = 1">')
            const inline = document.createElement("script"); inline.textContent = "window.pwned = 2"
            const foreign = document.createElement("script"); foreign.src = "https://evil.example/x.js"
            document.body.append(inline, foreign)
        }"""
    )
    chat.page.wait_for_timeout(500)

    assert chat.page.evaluate("window.pwned") is None


def test_in_a_frame_on_an_allowed_site_the_chat_works_without_cookies_or_storage(
    open_to_all: str, lms: str, open_page: OpenPage
) -> None:
    seen = open_page(f"{lms}/?{open_to_all}/chat/")

    ask(seen.page.frames[1])

    assert seen.page.frames[1].evaluate("document.cookie") == ""
    assert open_to_all.partition("//")[2].partition(":")[0] == "localhost"


def test_a_site_that_is_not_allowed_cannot_show_the_chat_in_a_frame(
    private: tuple[Sample, str], lms: str, open_page: OpenPage
) -> None:
    _, origin = private
    seen = open_page(f"{lms}/?{origin.replace(HOST, 'localhost')}/chat/")
    seen.page.wait_for_timeout(1000)

    assert seen.page.frames[1].locator("#course-tutor").count() == 0
    assert any("frame" in message.lower() for message in seen.errors)
