"""An instructor brings files: sent, followed, refused, read again, removed."""

import re
from pathlib import Path

import pytest
from instructor_desk import Desk
from playwright.sync_api import expect

pytest_plugins = ["browser", "instructed_pages"]
pytestmark = pytest.mark.browser


def files(tmp_path: Path, *names: str) -> list[Path]:
    for name in names:
        (tmp_path / name).write_bytes(b"x" * 300_000)
    return [tmp_path / name for name in names]


def test_files_are_sent_straight_to_the_api_and_followed_to_their_end(desk: Desk, tmp_path: Path) -> None:
    shown = desk.open("sources")
    gradio_uploads: list[str] = []
    shown.page.on("request", lambda request: "gradio_api/upload" in request.url and gradio_uploads.append(request.url))

    shown.page.set_input_files("[data-upload]", files(tmp_path, "week-05.pdf", "week-06.docx"))

    expect(shown.page.locator(".ci-job")).to_contain_text(re.compile("Understanding passages, [13]0 of 40"))
    row = shown.page.locator("tbody tr", has_text="week-06.docx")
    expect(row).to_contain_text("Indexed")
    expect(shown.page.locator(".ci-job, .ci-upload")).to_have_count(0)
    assert desk.stub.uploaded == {"week-05.pdf": 300_000, "week-06.docx": 300_000}
    assert gradio_uploads == []


def test_a_file_that_is_refused_says_why_and_can_be_tried_again(desk: Desk, tmp_path: Path) -> None:
    shown = desk.open("sources")

    shown.page.set_input_files("[data-upload]", files(tmp_path, "tool.exe", "week-05.pdf"))

    failed = shown.page.locator(".ci-upload.ci-failed")
    expect(failed).to_contain_text("this kind of file cannot be read: .exe")
    expect(shown.page.locator("tbody tr", has_text="week-05.pdf")).to_contain_text("Indexed")
    expect(failed).to_have_count(1)
    failed.get_by_role("button", name="Dismiss").click()
    expect(failed).to_have_count(0)


def test_files_can_be_dropped_on_the_page(desk: Desk) -> None:
    shown = desk.open("sources")
    files_in_hand = shown.page.evaluate_handle(
        """() => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(["words"], "dropped.md"));
            return transfer;
        }"""
    )

    shown.page.dispatch_event(".ci-drop", "dragover", {"dataTransfer": files_in_hand})
    expect(shown.page.locator(".ci-over")).to_be_visible()
    shown.page.dispatch_event(".ci-drop", "drop", {"dataTransfer": files_in_hand})

    expect(shown.page.locator("tbody tr", has_text="dropped.md")).to_contain_text("Indexed")
    assert desk.stub.uploaded == {"dropped.md": 5}


def test_what_became_of_each_item_of_a_package_is_told(desk: Desk) -> None:
    shown = desk.open("sources")
    row = shown.page.locator("tbody tr", has_text="Medicine 2026 export.imscc")

    row.get_by_text("what became of each").click()

    expect(row.locator(".ci-items li")).to_have_count(4)
    expect(row).to_contain_text("no text: needs OCR")
    expect(row).to_contain_text("2 of 4 items were left out")


def test_removing_a_file_asks_first(desk: Desk) -> None:
    shown = desk.open("sources")
    remove = shown.page.get_by_role("button", name="Remove old-notes.pdf")

    remove.click()
    expect(shown.page.get_by_role("dialog")).to_contain_text("Remove “old-notes.pdf”?")
    shown.page.keyboard.press("Escape")
    assert desk.stub.changes == []

    remove.click()
    shown.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(shown.page.locator(".ci-toast-words")).to_contain_text("Finished", timeout=10_000)
    assert desk.stub.changes == [("DELETE", "sources/s-old-notes.pdf", None)]


def test_a_failed_file_is_read_again(desk: Desk) -> None:
    shown = desk.open("sources")

    shown.page.get_by_role("button", name="Try again with old-notes.pdf").click()

    expect(shown.page.locator(".ci-toast-words")).to_contain_text("read again")
    assert desk.stub.changes == [("POST", "sources/s-old-notes.pdf/retry", None)]
