"""Take the pictures of docs/images from a running service: ``python tests/take_screenshots.py URL FOLDER``.

Start one with ``course-tutor serve --open``. Not a test: look at the pictures before they are committed.
"""

import sys
from pathlib import Path

from browser import ARGUMENTS, CHROMIUM
from observed import Observed
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

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
    chat.page.mouse.move(5, 300)  # nothing is lit up under the pointer
    chat.page.wait_for_timeout(500)
    chat.page.screenshot(path=picture)
    context.close()
    # Flat colours: a palette halves the file and nobody sees it.
    Image.open(picture).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(picture, optimize=True)


def main(url: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    radiomics, compare, refused = "What is radiomics?", "How do CNNs and RNNs differ?", "How much does the course cost?"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        take(browser, url, folder / "welcome.png", "", **DESKTOP)
        take(browser, url, folder / "answer-and-source.png", compare, source=True, **DESKTOP)
        take(browser, url, folder / "dark.png", compare, source=True, color_scheme="dark", **DESKTOP)
        take(browser, url, folder / "refusal.png", refused, **DESKTOP)
        take(browser, url, folder / "phone.png", radiomics, **PHONE)
        take(browser, url, folder / "phone-source.png", radiomics, source=True, **PHONE)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
