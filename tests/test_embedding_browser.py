"""A page of another site shows the chat in a frame, in a real browser that blocks third-party cookies."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

import httpx
import pytest
from chosen_store import environment_at
from observed import OpenPage
from playwright.sync_api import expect
from serving import COURSE_TUTOR, serving

pytest_plugins = ["browser"]
pytestmark = pytest.mark.browser

COURSE = "deep-learning-in-medicine"


@contextmanager
def another_site(page: list[str]) -> Iterator[str]:
    """A site with one page; gives its origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page[0].encode() if self.path == "/" else b""
            self.send_response(200 if body else 404)
            self.send_header("content-type", "text/html")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The tutor at another site than the page, and a server's key."""
    data_dir = tmp_path_factory.mktemp("data")
    with serving(data_dir) as link:
        made = subprocess.run(
            [COURSE_TUTOR, "keys", "create", "--name", "lms"],
            check=True, capture_output=True, text=True, env=environment_at(data_dir),
        )  # fmt: skip
        yield f"http://localhost:{urlsplit(link).port}", made.stdout.strip()


def frame_address(tool: tuple[str, str], page_origin: str) -> str:
    origin, key = tool
    reply = httpx.post(
        f"{origin}/api/v1/embed-tokens",
        headers={"authorization": f"Bearer {key}"},
        json={"course": COURSE, "origin": page_origin, "user": "4711"},
        trust_env=False,
    )
    return str(reply.raise_for_status().json()["url"])


def page_around(address: str) -> str:
    return f'<title>LMS</title><iframe src="{address}" width="1000" height="700"></iframe>'


def test_a_learner_asks_and_opens_a_citation_inside_another_sites_page(
    open_page: OpenPage, tool: tuple[str, str]
) -> None:
    page = [""]
    with another_site(page) as site:
        page[0] = page_around(frame_address(tool, site))
        lms = open_page(site)
        frame = lms.page.frame_locator("iframe")
        frame.locator(".ct-suggestion").first.wait_for(timeout=30_000)
        frame.locator("#ct-question").fill("What is radiomics?")
        frame.locator("#ct-question").press("Enter")
        frame.locator(".ct-marker").first.click(timeout=30_000)

        expect(frame.locator(".ct-panel mark")).to_contain_text("Radiomics")
        session = [cookie for cookie in lms.page.context.cookies() if cookie["name"].startswith("course_tutor")]
        assert [cookie.get("partitionKey") for cookie in session] == ["http://127.0.0.1"]
        assert lms.elsewhere == []


def test_the_page_of_a_third_site_cannot_show_it(open_page: OpenPage, tool: tuple[str, str]) -> None:
    page = [""]
    with another_site(page) as site:
        address = frame_address(tool, "https://lms.example.edu")
        page[0] = page_around(address)
        evil = open_page(site)
        evil.page.wait_for_load_state("networkidle")

        assert evil.page.frame_locator("iframe").locator(".ct-suggestion").count() == 0
        assert evil.page.frames[1].url.startswith("chrome-error:")
