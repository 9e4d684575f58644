"""The instructor's pages in a browser: opening one, waiting for it, and what goes wrong in it."""

from dataclasses import dataclass

from instructed_api import Stub
from observed import Observed, OpenPage

VIEWS = (
    *("sources", "questions", "receipt&answer=a0", "receipt&answer=a0&replay=1", "correct&answer=a0", "corrections"),
    *("gaps", "coverage", "glossary", "check", "versions"),
)


@dataclass(frozen=True)
class Desk:
    """The pages at an address, the API behind them, and a way to open one."""

    address: str
    stub: Stub
    open_page: OpenPage

    def open(self, view: str = "sources", course: str = "medicine", **window: object) -> Observed:
        """A page, drawn."""
        shown = self.open_page(f"{self.address}/instructor/?course={course}&view={view}", **window)
        wait_until_drawn(shown)
        return shown


def wait_until_drawn(shown: Observed) -> None:
    """Wait until the page that was asked for is there."""
    shown.page.locator(".ci-app[data-state=ready] .ci-view:not([aria-busy])").wait_for(timeout=30_000)


def errors_of(shown: Observed) -> list[str]:
    """What went wrong in the page; the icon that nobody serves here is no matter."""
    return [error for error in shown.errors if "404" not in error]
