"""Take the pictures of docs/images: ``python tests/take_screenshots.py LINK FOLDER``.

``LINK`` is what ``course-tutor serve`` prints; the chat is taken from that service, the instructor's pages from a
well-filled course in memory. Not a test: look at the pictures before they are committed.
"""

import sys
from pathlib import Path

import httpx
from browser import ARGUMENTS, CHROMIUM
from instructed_api import Stub, instructed_app
from instructor_desk import wait_until_drawn
from observed import Observed
from PIL import Image
from playwright.sync_api import Browser, StorageState, sync_playwright
from served import served

DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}


def take(browser: Browser, url: str, picture: Path, question: str, *, source: bool = False, **window: object) -> None:
    context = browser.new_context(**window, reduced_motion="reduce")  # type: ignore[arg-type]  # options by name
    chat = Observed(context.new_page())
    chat.page.goto(url)
    chat.wait_until_ready()
    if question:
        chat.ask(question)
    if source:
        chat.page.locator(".ct-marker").first.click()
        chat.page.locator(".ct-panel mark").wait_for()
    keep(chat, picture)
    context.close()


def take_instructor(browser: Browser, address: str, picture: Path, view: str, **window: object) -> None:
    context = browser.new_context(**window, reduced_motion="reduce")  # type: ignore[arg-type]  # options by name
    shown = Observed(context.new_page())
    shown.page.goto(f"{address}/instructor/?course=medicine&view={view}")
    wait_until_drawn(shown)
    if view == "coverage":
        shown.page.locator(".heatmaplayer image").wait_for()
    if view.startswith("receipt"):
        shown.page.locator(".ci-scale").evaluate("scale => scale.closest('.ci-card').scrollIntoView()")
    keep(shown, picture)
    context.close()


def keep(shown: Observed, picture: Path) -> None:
    shown.page.mouse.move(5, 300)  # nothing is lit up under the pointer
    shown.page.wait_for_timeout(500)
    shown.page.screenshot(path=picture)
    # Flat colours: a palette halves the file and nobody sees it.
    Image.open(picture).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(picture, optimize=True)


def entered(browser: Browser, link: str) -> StorageState:
    """Use the link up, once for all windows."""
    context = browser.new_context()
    context.new_page().goto(link)
    state = context.storage_state()
    context.close()
    return state


def take_chat(browser: Browser, link: str, folder: Path) -> None:
    radiomics, compare, refused = "What is radiomics?", "How do CNNs and RNNs differ?", "How much does the course cost?"
    url, state = str(httpx.URL(link).join("/chat/")), entered(browser, link)
    desktop, phone = DESKTOP | {"storage_state": state}, PHONE | {"storage_state": state}
    take(browser, url, folder / "welcome.png", "", **desktop)
    take(browser, url, folder / "answer-and-source.png", compare, source=True, **desktop)
    take(browser, url, folder / "dark.png", compare, source=True, color_scheme="dark", **desktop)
    take(browser, url, folder / "refusal.png", refused, **desktop)
    take(browser, url, folder / "phone.png", radiomics, **phone)
    take(browser, url, folder / "phone-source.png", radiomics, source=True, **phone)


def take_instructor_pages(browser: Browser, folder: Path) -> None:
    views = {
        "sources": "sources",
        "questions": "questions",
        "receipt": "receipt&answer=a0",
        "correct": "correct&answer=a0",
        "coverage": "coverage",
        "versions": "versions",
    }
    with served(instructed_app(Stub())) as address:
        for name, view in views.items():
            take_instructor(browser, address, folder / f"instructor-{name}.png", view, **DESKTOP)
        take_instructor(browser, address, folder / "instructor-phone.png", "questions", **PHONE)


def main(link: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        take_chat(browser, link, folder)
        take_instructor_pages(browser, folder)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
