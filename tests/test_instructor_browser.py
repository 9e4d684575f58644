"""The instructor's pages as an instructor meets them: each is drawn, leads on, and says what is wrong."""

import re

import pytest
from instructor_desk import VIEWS, Desk, errors_of
from playwright.sync_api import expect

pytest_plugins = ["browser", "instructed_pages"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("view", VIEWS)
def test_every_page_is_drawn_without_errors_or_requests_elsewhere(desk: Desk, view: str) -> None:
    shown = desk.open(view)

    expect(shown.page.locator(".ci-title")).not_to_have_text(re.compile("One moment|cannot be shown"))
    assert len(shown.page.locator(".ci-view").inner_text()) > 100
    assert errors_of(shown) == []
    assert shown.elsewhere == []


@pytest.mark.parametrize("view", [view for view in VIEWS if "&" not in view])
def test_a_new_course_is_told_what_comes_here(desk: Desk, view: str) -> None:
    desk.stub.is_empty = True

    shown = desk.open(view)

    assert errors_of(shown) == []
    if view == "corrections":
        expect(shown.page.locator("table")).to_have_count(0)
    else:
        expect(shown.page.locator(".ci-empty")).to_be_visible()


def test_another_course_keeps_the_page(desk: Desk) -> None:
    shown = desk.open("sources")
    picker = shown.page.get_by_role("combobox", name="Course")

    picker.select_option("A Short Course on Stars")

    expect(shown.page.locator(".ci-empty")).to_contain_text("No files yet")
    expect(shown.page).to_have_url(re.compile(r"course=stars&view=sources"))
    expect(shown.page.get_by_role("link", name="Open the chat")).to_have_attribute("href", "../chat/?course=stars")


def test_a_page_that_cannot_be_shown_says_why_and_tries_again(desk: Desk) -> None:
    shown = desk.open("receipt&answer=unknown")

    expect(shown.page.locator(".ci-note")).to_contain_text("There is no such answer")
    expect(shown.page.get_by_role("button", name="Try again")).to_be_visible()


def test_a_lost_connection_is_told(desk: Desk) -> None:
    shown = desk.open("gaps")
    shown.page.route("**/gradio_api/component_server/**", lambda route: route.abort())

    shown.page.get_by_role("link", name="Versions").click()

    expect(shown.page.locator(".ci-note")).to_contain_text("cannot be reached right now")
    shown.page.unroute("**/gradio_api/component_server/**")
    shown.page.get_by_role("button", name="Try again").click()
    expect(shown.page.locator(".ci-held")).to_be_visible()
