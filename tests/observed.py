"""A page in a browser, and everything it did that a person would not see."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page


class Observed:
    """One page and everything it did that a person would not see: errors, requests elsewhere, dialogs."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        self.dialogs: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        page.on("request", lambda request: self._note_request(request.url))
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))

    def _note_request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname not in ("127.0.0.1", "localhost"):
            self.elsewhere.append(url)

    def wait_until_ready(self) -> None:
        """Wait until the course can be asked."""
        self.page.locator(".ct-suggestion").first.wait_for(timeout=30_000)

    def ask(self, question: str) -> None:
        """Type a question, send it with Enter and wait until the answer is over."""
        turns = self.page.locator(".ct-turn").count()
        self.page.fill("#ct-question", question)
        self.page.press("#ct-question", "Enter")
        self.page.locator(".ct-turn").nth(turns).locator(".ct-answer:not([aria-busy])").wait_for()

    @property
    def answer(self) -> str:
        """The text of the last answer."""
        return self.page.locator(".ct-turn").last.locator(".ct-answer").inner_text()


OpenPage = Callable[..., Observed]
