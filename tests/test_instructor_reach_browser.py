"""The instructor's pages are within reach: by keyboard, by screen reader, on a phone, in the dark."""

import pytest
from instructor_desk import VIEWS, Desk, wait_until_drawn
from observed import Observed
from playwright.sync_api import expect
from reach import focus_is_on, press_until, sideways_room, violations

pytest_plugins = ["browser", "instructed_pages"]
pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
WINDOWS: dict[str, dict[str, object]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": PHONE,
}


def visit(shown: Observed, view: str) -> None:
    """Go on to another page in the same window, as its links do."""
    shown.page.evaluate("view => history.pushState(null, '', `?course=medicine&view=${view}`)", view)
    shown.page.evaluate("() => dispatchEvent(new PopStateEvent('popstate'))")
    shown.page.locator(".ci-view[aria-busy]").wait_for(state="detached")
    wait_until_drawn(shown)
    if view == "coverage":
        shown.page.locator(".heatmaplayer image").wait_for(timeout=20_000)


@pytest.mark.parametrize("window", WINDOWS)
def test_axe_finds_nothing_that_keeps_anybody_out(desk: Desk, window: str) -> None:
    shown = desk.open("sources", reduced_motion="reduce", **WINDOWS[window])
    found = {}
    for view in VIEWS:
        visit(shown, view)
        for folded in shown.page.locator(".ci-view details").all():
            folded.evaluate("details => { details.open = true }")
        found[view] = violations(shown)

    assert {view: broken for view, broken in found.items() if broken} == {}


def test_axe_finds_nothing_in_empty_pages_dialogs_and_notices(desk: Desk) -> None:
    shown = desk.open("sources", reduced_motion="reduce")
    shown.page.get_by_role("button", name="Remove old-notes.pdf").click()
    asking = violations(shown)
    shown.page.keyboard.press("Escape")
    shown.page.get_by_role("button", name="Try again with old-notes.pdf").click()
    expect(shown.page.locator(".ci-toast-words")).to_have_text("Finished.")
    told = violations(shown)
    desk.stub.is_empty = True
    visit(shown, "gaps")

    assert {"asking": asking, "told": told, "empty": violations(shown)} == {"asking": [], "told": [], "empty": []}


def test_a_phone_shows_everything_without_scrolling_sideways(desk: Desk) -> None:
    shown = desk.open("sources", **PHONE)
    room = {}
    for view in VIEWS:
        visit(shown, view)
        room[view] = sideways_room(shown, within=".ci-main")

    assert {view: pixels for view, pixels in room.items() if pixels > 0} == {}


def test_everything_is_done_with_the_keyboard(desk: Desk) -> None:
    shown = desk.open("sources")
    press_until(shown, "Tab", ".ct-skip")
    shown.page.keyboard.press("Enter")
    assert focus_is_on(shown, ".ci-title")

    press_until(shown, "Shift+Tab", '.ci-nav [data-page="corrections"]')
    shown.page.keyboard.press("Enter")
    expect(shown.page.locator(".ci-title")).to_have_text("Corrections")
    assert focus_is_on(shown, ".ci-title")
    press_until(shown, "Tab", ".ci-question")
    shown.page.keyboard.press("Enter")
    shown.page.locator(".ci-editor").wait_for()
    press_until(shown, "Tab", '.ci-pieces [aria-label="Remove"]')
    shown.page.keyboard.press("Space")
    assert focus_is_on(shown, ".ci-editor input")
    press_until(shown, "Tab", ".ci-add")
    shown.page.keyboard.press("Enter")
    expect(shown.page.locator(".ci-pieces li")).to_have_count(1)
    press_until(shown, "Shift+Tab", '.ci-editor [type="submit"]')
    shown.page.keyboard.press("Enter")

    expect(shown.page.locator(".ci-title")).to_have_text("Corrections")
    assert [(method, path) for method, path, _ in desk.stub.changes] == [("PUT", "verified/v1")]


def test_a_dialog_keeps_focus_and_gives_it_back(desk: Desk) -> None:
    shown = desk.open("sources")
    remove = shown.page.get_by_role("button", name="Remove old-notes.pdf")
    remove.focus()
    shown.page.keyboard.press("Enter")
    assert focus_is_on(shown, ".ci-dialog-no")

    shown.page.keyboard.press("Escape")

    expect(remove).to_be_focused()


def test_files_are_chosen_with_the_keyboard_too(desk: Desk) -> None:
    shown = desk.open("sources")

    press_until(shown, "Tab", "[data-upload]")

    with shown.page.expect_file_chooser():
        shown.page.keyboard.press("Space")


def test_the_address_says_in_the_tab_which_page_is_open(desk: Desk) -> None:
    shown = desk.open("gaps")

    assert shown.page.title() == "Gaps · Deep Learning Applications in Medicine · Course tutor for instructors"
    expect(shown.page.locator(".ci-nav [aria-current=page]")).to_have_text("Gaps")
