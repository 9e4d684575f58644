"""A real Chromium for tests.

Use it as a plugin: ``pytest_plugins = ["browser"]``. Where there is no Chromium, the tests say so and are skipped.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from observed import Observed, OpenPage
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

CHROMIUM = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


# Not for the whole session: while Playwright runs it holds this thread's event loop, and asyncio.run() fails elsewhere.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: Debian's package is called chromium")
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
    yield browser
    browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """Opens an address in a window of its own: ``open_page(url, color_scheme="dark")``."""
    windows: list[BrowserContext] = []

    def open_it(url: str, **options: object) -> Observed:
        window = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})  # type: ignore[arg-type]
        windows.append(window)
        observed = Observed(window.new_page())
        observed.page.goto(url)
        return observed

    yield open_it
    for window in windows:
        window.close()


@pytest.fixture
def window_without_storage(playwright: Playwright, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser whose owner blocks all site data: touching localStorage throws, as in many an LMS's frame."""
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text('{"profile": {"default_content_setting_values": {"cookies": 2}}}')
    window = playwright.chromium.launch_persistent_context(
        tmp_path, executable_path=CHROMIUM, args=list(ARGUMENTS), viewport={"width": 1280, "height": 800}
    )
    yield window
    window.close()
