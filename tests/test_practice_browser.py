"""Practice sets and chapters in the chat, in a real browser."""

import pytest
from observed import Observed, OpenPage
from playwright.sync_api import expect
from reach import violations

pytest_plugins = ["browser", "real_service"]
pytestmark = pytest.mark.browser


def answer_all(chat: Observed) -> int:
    questions = chat.page.locator(".ct-practice-question")
    questions.first.wait_for()
    for number in range(questions.count()):
        questions.nth(number).locator("input").first.check()
    return questions.count()


def test_a_practice_set_is_answered_marked_and_each_definition_opens(open_page: OpenPage, address: str) -> None:
    chat = open_page(address)
    chat.wait_until_ready()

    chat.page.get_by_role("button", name="Practise the terms").click()
    n = answer_all(chat)
    chat.page.get_by_role("button", name="Mark my answers").click()
    expect(chat.page.locator(".ct-practice-result")).to_contain_text(f"of {n} right")
    chat.page.locator(".ct-practice-verdict .ct-marker").first.click()

    expect(chat.page.locator(".ct-panel mark")).to_be_visible()
    assert n == 5
    assert violations(chat) == []
    assert chat.errors == []


def test_a_link_of_a_platform_opens_a_practice_set_at_once(open_page: OpenPage, address: str) -> None:
    chat = open_page(f"{address}&practice=3")

    expect(chat.page.locator(".ct-practice-question")).to_have_count(3, timeout=30_000)
    expect(chat.page.locator(".ct-practice h2")).to_be_focused()


def test_a_link_to_a_chapter_says_so_and_can_be_widened(open_page: OpenPage, address: str) -> None:
    chat = open_page(f"{address}&document=deep-learning-applications-in-medicine")
    note = chat.page.locator(".ct-chapter")
    expect(note).to_contain_text("Deep Learning Applications in Medicine", timeout=30_000)

    chat.ask("What is radiomics?")
    assert "Radiomics" in chat.answer
    chat.page.get_by_role("button", name="Whole course").click()

    expect(note).to_have_count(0)
    assert chat.errors == []
