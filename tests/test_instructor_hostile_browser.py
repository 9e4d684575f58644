"""File names, course text, students' words and API problems that try to run as scripts on the instructor's pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_text import PAYLOADS
from instructed_api import Stub, instructed_app
from instructor_desk import VIEWS, wait_until_drawn
from observed import Observed, OpenPage
from playwright.sync_api import expect
from served import served

pytest_plugins = ["browser"]
pytestmark = pytest.mark.browser

EVERYTHING = "\n".join(PAYLOADS)


@pytest.fixture(scope="module")
def hostile() -> Iterator[tuple[str, Stub]]:
    """Pages over an API whose every text holds every payload. Without the gate's policy: their care stands alone."""
    stub = Stub(say=lambda text: f"{text} {EVERYTHING}")
    with served(instructed_app(stub)) as address:
        yield address, stub


def assert_nothing_ran(shown: Observed) -> None:
    shown.page.wait_for_timeout(300)  # what an image or an animation would set off comes a moment later
    assert shown.page.evaluate("window.pwned") is None
    assert shown.dialogs == []
    assert shown.elsewhere == []
    alive = ":is(script, img, iframe, object, video, style, link, meta, form form, [autofocus])"
    assert shown.page.locator(f".ci-app {alive}:not(#course-tutor-plot *)").count() == 0
    handlers = """() => [...document.querySelectorAll('.ci-app *')].flatMap(node => [...node.attributes])
        .map(attribute => attribute.name).filter(name => name.startsWith('on'))"""
    assert shown.page.evaluate(handlers) == []
    links = shown.page.locator(".ci-app a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert [link for link in links if not link.startswith(("?", "../chat/", "../api/", "#"))] == []


@pytest.mark.parametrize("view", VIEWS)
def test_every_text_of_every_page_is_text(hostile: tuple[str, Stub], open_page: OpenPage, view: str) -> None:
    address, _ = hostile
    shown = open_page(f"{address}/instructor/?course=medicine&view={view}")
    wait_until_drawn(shown)
    for folded in shown.page.locator(".ci-view details").all():
        folded.evaluate("details => { details.open = true }")
    if view == "coverage":
        shown.page.locator(".ci-plot-slot .heatmaplayer image").wait_for(timeout=20_000)
        shown.page.locator(".ci-plot-slot .nsewdrag").hover()  # shows a section's name

    drawn = shown.page.locator(".ci-view").text_content() or ""
    assert "<img src=x onerror=window.pwned=1>" in drawn
    assert "{{constructor.constructor" in drawn
    assert_nothing_ran(shown)


def test_courses_dialogs_notices_and_undo_are_text(hostile: tuple[str, Stub], open_page: OpenPage) -> None:
    address, stub = hostile
    shown = open_page(f"{address}/instructor/?course=medicine&view=sources")
    wait_until_drawn(shown)
    assert PAYLOADS[1] in (shown.page.locator(".ct-title-text").text_content() or "")

    shown.page.locator("[data-act=remove_source]").first.click()
    assert PAYLOADS[1] in (shown.page.locator("#ci-dialog-words").text_content() or "")
    stub.problem = EVERYTHING
    shown.page.locator(".ci-dialog-yes").click()

    expect(shown.page.locator(".ci-toast-words")).to_contain_text(PAYLOADS[1])
    stub.problem = ""
    assert_nothing_ran(shown)


def test_names_of_files_are_text_while_they_are_sent(
    hostile: tuple[str, Stub], open_page: OpenPage, tmp_path: Path
) -> None:
    address, _ = hostile
    shown = open_page(f"{address}/instructor/?course=medicine&view=sources")
    wait_until_drawn(shown)
    names = [payload.replace("/", "∕")[:80] + f"{number}.exe" for number, payload in enumerate(PAYLOADS[:20])]
    for name in names:
        (tmp_path / name).write_text("x")

    shown.page.set_input_files("[data-upload]", [tmp_path / name for name in names])

    failed = shown.page.locator(".ci-upload.ci-failed .ci-name")
    expect(failed).to_have_count(len(names))
    assert failed.all_text_contents() == names
    assert_nothing_ran(shown)


def test_what_stands_in_the_address_is_text(hostile: tuple[str, Stub], open_page: OpenPage) -> None:
    address, _ = hostile
    shown = open_page(f"{address}/instructor/")
    wait_until_drawn(shown)

    for field in ("search", "status", "since", "cursor", "answer", "question", "job", "days"):
        for view in ("questions", "correct", "receipt", "<img src=x onerror=window.pwned=1>"):
            shown.page.evaluate(
                "query => history.pushState(null, '', `?${new URLSearchParams(query)}`)",
                {"course": "medicine", "view": view, field: EVERYTHING[:1900]},
            )
        shown.page.evaluate("() => dispatchEvent(new PopStateEvent('popstate'))")
        wait_until_drawn(shown)

    assert_nothing_ran(shown)
