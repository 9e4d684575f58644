"""An instructor reads the log of questions: filtered, page by page, exported, down to one receipt."""

import re

import pytest
from instructor_desk import Desk, wait_until_drawn
from playwright.sync_api import expect

pytest_plugins = ["browser", "instructed_pages"]
pytestmark = pytest.mark.browser


def test_filters_are_the_servers_and_stand_in_the_address(desk: Desk) -> None:
    shown = desk.open("questions")

    shown.page.get_by_label("Outcome").select_option("not_in_course")
    wait_until_drawn(shown)
    shown.page.get_by_label("Search").fill("fees")
    shown.page.keyboard.press("Enter")
    expect(shown.page).to_have_url(re.compile("search=fees"))
    wait_until_drawn(shown)

    assert desk.stub.asked[-1] == {"status": "not_in_course", "search": "fees", "limit": "25"}
    shown.page.reload()
    wait_until_drawn(shown)
    expect(shown.page.get_by_label("Search")).to_have_value("fees")
    assert desk.stub.asked[-1]["status"] == "not_in_course"


def test_the_log_is_read_page_by_page_and_back(desk: Desk) -> None:
    shown = desk.open("questions")
    expect(shown.page.locator("tbody tr")).to_have_count(25)

    shown.page.get_by_role("link", name="Next page").click()
    expect(shown.page.get_by_role("link", name="Next page")).to_have_count(0)
    assert desk.stub.asked[-1]["cursor"] == "25"
    shown.page.go_back()

    expect(shown.page.get_by_role("link", name="Next page")).to_be_visible()
    assert "cursor" not in desk.stub.asked[-1]


def test_a_search_without_results_says_so_and_leads_back(desk: Desk) -> None:
    shown = desk.open("questions&search=nothing")

    expect(shown.page.locator(".ci-empty")).to_contain_text("Nothing matches")
    shown.page.get_by_role("link", name="Show all questions").click()

    expect(shown.page.locator("tbody tr")).to_have_count(25)


def test_the_log_is_exported_as_it_is_filtered(desk: Desk) -> None:
    shown = desk.open("questions&status=not_in_course")

    with shown.page.expect_download() as download:
        shown.page.get_by_role("button", name="Export CSV").click()

    assert download.value.suggested_filename == "questions-medicine.csv"
    assert download.value.path().read_text() == "question\nwhat is radiomics\n"
    assert desk.stub.asked[-1] == {"status": "not_in_course"}


def test_a_receipt_shows_every_candidate_with_its_scores_and_the_decision(desk: Desk) -> None:
    shown = desk.open("questions")
    shown.page.get_by_role("link", name="what is radiomcis").first.click()
    shown.page.locator(".ci-candidates").wait_for()

    candidates = shown.page.locator(".ci-candidates tbody tr")
    expect(candidates).to_have_count(6)
    assert candidates.nth(1).locator("td").all_inner_texts()[1:6] == ["0.45", "0.40", "0.35", "0.00", "0.500"]
    expect(candidates.nth(1)).to_contain_text("defines the term that was asked about")
    expect(shown.page.locator(".ci-scale")).to_have_attribute("aria-label", "Probability 87%, threshold 42%")
    expect(shown.page.locator(".ci-facts").first).to_contain_text("What is radiomics?")
    opened = candidates.first.get_by_role("link", name="Open")
    expect(opened).to_have_attribute("href", "../chat/?course=medicine&citation=c1")
    expect(opened).to_have_attribute("rel", "noopener")


def test_an_answer_is_asked_again_and_stands_beside_the_old_one(desk: Desk) -> None:
    shown = desk.open("receipt&answer=a0")

    shown.page.get_by_role("link", name="Ask it again today").click()

    expect(shown.page.locator(".ci-side")).to_have_count(2)
    then, now = (shown.page.locator(".ci-side").nth(side).bounding_box() for side in (0, 1))
    assert then and now and then["y"] == now["y"] and then["x"] < now["x"]
    expect(shown.page.locator(".ci-differences li")).to_have_count(2)


def test_a_hidden_passage_comes_back_with_undo(desk: Desk) -> None:
    shown = desk.open("receipt&answer=a0")

    shown.page.get_by_role("button", name="Hide passage 1").click()
    shown.page.get_by_role("dialog").get_by_role("button", name="Hide").click()
    shown.page.get_by_role("button", name="Undo").click()

    expect(shown.page.locator(".ci-toast-words")).to_contain_text("may use this passage again")
    hide, unhide = desk.stub.changes
    assert hide == ("POST", "hidden", {"chunk_id": "c1", "reason": ""})
    assert unhide == ("DELETE", "hidden/c1", None)
