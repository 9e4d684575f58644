"""Course text, questions and titles that try to run as scripts, in a real browser: none runs, all are shown as text."""

from collections.abc import Iterator

import pytest
from hostile_api import EVERYTHING, hostile_chat
from hostile_text import PAYLOADS
from observed import Observed, OpenPage
from served import served

pytest_plugins = ["browser"]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(hostile_chat) as address:
        yield address


@pytest.fixture
def chat(open_page: OpenPage, address: str) -> Observed:
    chat = open_page(f"{address}/chat/")
    chat.page.locator(".ct-term-chip").last.wait_for(state="attached")
    return chat


def assert_nothing_ran(chat: Observed) -> None:
    chat.page.wait_for_timeout(300)  # what an image or an animation would set off comes a moment later
    assert chat.page.evaluate("window.pwned") is None
    assert chat.dialogs == []
    assert chat.elsewhere == []
    alive = "#course-tutor :is(script, img, iframe, object, video, style, form form, a[href]:not(.ct-skip, .ct-teach))"
    assert chat.page.locator(alive).count() == 0


def test_the_payloads_would_run_if_they_were_drawn_unescaped(chat: Observed) -> None:
    chat.page.evaluate("html => { document.body.insertAdjacentHTML('beforeend', html) }", PAYLOADS[1])

    chat.page.wait_for_function("window.pwned === 1")


def test_titles_suggestions_and_terms_are_text(chat: Observed) -> None:
    assert chat.page.locator(".ct-title-text").text_content() == EVERYTHING
    assert chat.page.locator(".ct-suggestion").all_text_contents() == list(PAYLOADS)
    assert chat.page.locator(".ct-term-chip").all_text_contents() == list(PAYLOADS)
    assert_nothing_ran(chat)


def test_an_answer_of_hostile_sentences_is_text(chat: Observed) -> None:
    chat.ask(EVERYTHING)

    assert chat.page.locator(".ct-question").text_content() == EVERYTHING
    assert chat.page.locator(".ct-statement").count() == len(PAYLOADS)
    assert chat.page.locator(".ct-mended strong").all_text_contents() == list(PAYLOADS)
    first = chat.page.locator(".ct-statement").first.locator(".ct-quote").all_text_contents()
    assert "".join(first) == PAYLOADS[0]
    assert_nothing_ran(chat)


def test_a_refusal_full_of_hostile_words_is_text(chat: Observed) -> None:
    chat.ask("refuse")

    assert chat.page.locator(".ct-section-button").count() == len(PAYLOADS)
    assert chat.page.locator(".ct-marker").count() == 0
    assert_nothing_ran(chat)


def test_hostile_sources_are_text(chat: Observed) -> None:
    chat.ask("show")

    chat.page.locator(".ct-marker").first.click()
    chat.page.locator(".ct-excerpt mark").wait_for()
    assert chat.page.locator(".ct-panel mark").text_content() == PAYLOADS[0]
    assert chat.page.locator(".ct-panel-path li").all_text_contents() == list(PAYLOADS)
    assert EVERYTHING[:200] in (chat.page.locator(".ct-panel-where").text_content() or "")
    chat.page.get_by_text("Open the whole document here").click()
    chat.page.locator(".ct-whole").wait_for()
    assert_nothing_ran(chat)
