"""The chat is within reach: by keyboard, by screen reader, on a phone, in the dark, inside another page."""

import re
from pathlib import Path

import httpx
import pytest
from observed import Observed, OpenPage
from playwright.sync_api import BrowserContext, expect
from reach import focus_is_on, press_until, sideways_room, violations
from serving import serving

pytest_plugins = ["browser", "real_service"]
pytestmark = pytest.mark.browser


# --- keyboard, screen reader ------------------------------------------------------------------------------------------


def test_everything_is_done_with_the_keyboard(chat: Observed) -> None:
    press_until(chat, "Tab", "#ct-question")
    chat.page.keyboard.type("CNN vs RNN")
    chat.page.keyboard.press("Shift+Enter")
    chat.page.keyboard.press("Backspace")
    chat.page.keyboard.press("Enter")
    chat.page.locator(".ct-answer:not([aria-busy])").wait_for()
    assert focus_is_on(chat, "#ct-question")

    press_until(chat, "Shift+Tab", '.ct-marker[data-marker="2"]')
    chat.page.keyboard.press("Space")
    chat.page.locator(".ct-panel mark").wait_for()
    assert focus_is_on(chat, ".ct-panel-title")
    press_until(chat, "Shift+Tab", ".ct-close", at_most=3)
    chat.page.keyboard.press("Enter")

    expect(chat.page.locator(".ct-panel")).to_be_hidden()
    assert focus_is_on(chat, '.ct-marker[data-marker="2"]')


def test_escape_closes_the_source_and_focus_comes_back(chat: Observed) -> None:
    chat.ask("What is radiomics?")
    chat.page.locator(".ct-source-chip").first.focus()
    chat.page.keyboard.press("Enter")
    chat.page.locator(".ct-panel mark").wait_for()

    chat.page.keyboard.press("Escape")

    expect(chat.page.locator(".ct-panel")).to_be_hidden()
    assert focus_is_on(chat, ".ct-source-chip")


def test_a_screen_reader_is_told_once_that_the_answer_is_there(chat: Observed) -> None:
    chat.page.evaluate(
        """() => {
            window.told = [];
            for (const region of document.querySelectorAll('[aria-live], [role=status], [role=alert], [role=log]')) {
                const note = () => region.textContent.trim() && window.told.push(region.textContent);
                new MutationObserver(note).observe(region, {childList: true, characterData: true, subtree: true});
            }
        }"""
    )

    chat.ask("What is radiomics?")
    chat.page.wait_for_function("window.told.length > 0")
    chat.page.wait_for_timeout(300)

    told = chat.page.evaluate("window.told")
    assert len(told) == 1
    assert re.fullmatch(r"Answer with \d+ sources?\.", told[0])


@pytest.mark.parametrize(
    "window",
    [
        {"color_scheme": "light"},
        {"color_scheme": "dark"},
        {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    ],
    ids=["light", "dark", "phone"],
)
def test_axe_finds_nothing_that_keeps_anybody_out(open_page: OpenPage, address: str, window: dict[str, object]) -> None:
    chat = open_page(address, reduced_motion="reduce", **window)
    chat.wait_until_ready()
    found = {"welcome": violations(chat)}
    chat.ask("what is radiomcis")
    chat.ask("CNN vs RNN")
    chat.ask("how much does the course cost")
    found["answers"] = violations(chat)
    chat.page.locator(".ct-marker").first.click()
    chat.page.locator(".ct-panel mark").wait_for()
    found["source"] = violations(chat)

    assert found == {"welcome": [], "answers": [], "source": []}


def test_everything_that_can_be_pressed_has_a_name(chat: Observed) -> None:
    chat.ask("CNN vs RNN")
    chat.page.locator(".ct-marker").first.click()
    chat.page.locator(".ct-panel mark").wait_for()

    nameless = chat.page.evaluate(
        """() => [...document.querySelectorAll('button, textarea, select')]
            .filter(node => node.checkVisibility())
            .filter(node => !(node.ariaLabel || node.textContent.trim() || node.labels?.length))
            .map(node => node.outerHTML)"""
    )

    assert nameless == []


# --- where it is shown ------------------------------------------------------------------------------------------------


def test_a_phone_shows_everything_without_scrolling_sideways(open_page: OpenPage, address: str) -> None:
    chat = open_page(address, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    chat.wait_until_ready()
    assert sideways_room(chat) <= 0

    chat.ask("CNN vs RNN")
    assert sideways_room(chat) <= 0
    chat.page.locator(".ct-marker").first.tap()
    sheet = chat.page.get_by_role("dialog")
    expect(sheet.locator("mark")).to_be_in_viewport()
    assert sideways_room(chat) <= 0
    assert focus_is_on(chat, ".ct-panel-title")

    sheet.get_by_role("button", name="Close source").tap()
    expect(sheet).to_be_hidden()
    assert focus_is_on(chat, ".ct-marker")


def brightness(chat: Observed, property_name: str) -> float:
    """Of a colour of the page, from 0 to 1."""
    colour = chat.page.locator(".ct-app").evaluate("(node, name) => getComputedStyle(node)[name]", property_name)
    return sum(map(float, re.findall(r"[\d.]+", colour)[:3])) / (3 * 255)


@pytest.mark.parametrize(
    ("system", "switch", "is_dark"),
    [("dark", "", True), ("light", "", False), ("light", "&__theme=dark", True), ("dark", "&__theme=light", False)],
)
def test_dark_mode_follows_the_system_and_gradios_switch(
    open_page: OpenPage, address: str, system: str, switch: str, is_dark: bool
) -> None:
    chat = open_page(address + switch, color_scheme=system)
    chat.wait_until_ready()

    paper, ink = brightness(chat, "backgroundColor"), brightness(chat, "color")

    assert (paper < ink) == is_dark
    assert abs(paper - ink) > 0.7


def test_inside_another_page_with_blocked_storage_it_works_all_the_same(
    window_without_storage: BrowserContext, address: str, other_site: tuple[str, Path]
) -> None:
    origin, pages = other_site
    (pages / "course.html").write_text(f'<h1>LMS</h1><iframe src="{address}" width="900" height="600"></iframe>')
    lms = Observed(window_without_storage.new_page())
    lms.page.goto(f"{origin}/course.html")
    frame = lms.page.frame_locator("iframe")

    frame.locator(".ct-suggestion").first.click(timeout=30_000)
    frame.locator(".ct-marker").first.click()

    expect(frame.locator(".ct-panel mark")).to_be_visible()
    guarded = lms.page.frames[1].evaluate("'value' in Object.getOwnPropertyDescriptor(window, 'localStorage')")
    assert guarded, "this browser did not block storage, so the test has shown nothing"


def test_the_link_that_serve_prints_lets_this_browser_in_and_no_other(open_page: OpenPage, tmp_path: Path) -> None:
    with serving(tmp_path) as link:
        chat = open_page(link)
        chat.wait_until_ready()
        stranger = open_page(str(httpx.URL(link).join("/chat/")))

        chat.ask("What is radiomics?")

        expect(chat.page.locator(".ct-marker").first).to_be_visible()
        assert "token" not in chat.page.url
        expect(stranger.page.locator(".ct-app")).to_have_count(0)
