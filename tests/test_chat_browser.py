"""The chat as a learner meets it: the real service and course, a real browser. Asking, reading, being refused."""

import re

import httpx
import pytest
from observed import Observed, OpenPage
from playwright.sync_api import expect

pytest_plugins = ["browser", "real_service"]
pytestmark = pytest.mark.browser

COURSE = "deep-learning-in-medicine"


def document_text(address: str, document_id: str) -> str:
    url = httpx.URL(address).join(f"/api/v1/courses/{COURSE}/documents/{document_id}")
    return str(httpx.get(url).json()["text"])


def test_a_marker_opens_the_exact_sentence_in_its_source(chat: Observed) -> None:
    chat.ask("What is radiomics?")
    said = "".join(chat.page.locator(".ct-definition .ct-quote").all_text_contents())

    chat.page.get_by_role("button", name="Source 1").first.click()

    marked = chat.page.locator(".ct-panel mark")
    expect(marked).to_be_visible()
    assert said.startswith("Radiomics is a field of study")
    assert marked.text_content() == said
    assert chat.page.locator(".ct-excerpt").inner_text().count(said) == 1
    expect(chat.page.locator(".ct-panel-title")).to_have_text("Deep Learning Applications in Medicine")
    expect(chat.page.locator(".ct-statement.ct-open")).to_have_count(1)
    assert chat.errors == []
    assert chat.elsewhere == []


def test_the_whole_document_opens_in_place_with_the_sentence_still_marked(chat: Observed, address: str) -> None:
    chat.ask("What is radiomics?")
    chat.page.locator(".ct-marker").first.click()
    marked = chat.page.locator(".ct-panel mark")
    sentence = marked.text_content()

    chat.page.get_by_role("button", name="Open the whole document here").click()
    chat.page.locator(".ct-whole").wait_for()

    document_id = "deep-learning-applications-in-medicine"
    assert chat.page.locator(".ct-whole").text_content() == document_text(address, document_id)
    assert marked.text_content() == sentence
    expect(marked).to_be_in_viewport()


def test_the_sources_of_an_answer_can_be_gone_through(chat: Observed) -> None:
    chat.ask("CNN vs RNN")
    chat.page.locator(".ct-marker").first.click()
    source = chat.page.locator(".ct-excerpt")
    expect(chat.page.locator(".ct-panel-count")).to_contain_text("Source 1 of ")
    first = source.inner_text()

    chat.page.get_by_role("button", name="Next source").click()

    expect(chat.page.locator(".ct-panel-count")).to_contain_text("Source 2 of ")
    expect(source).not_to_have_text(first)
    chat.page.get_by_role("button", name="Previous source").click()
    expect(source).to_have_text(first)


def test_a_follow_up_is_read_with_what_was_asked_before(chat: Observed) -> None:
    chat.ask("What is radiomics?")
    chat.ask("and transfer learning?")
    chat.ask("What is it used for?")

    read_as = chat.page.locator(".ct-turn").last.locator(".ct-read-as")

    expect(read_as).to_contain_text(re.compile("transfer learning", re.IGNORECASE))


def test_a_mistyped_word_is_shown_mended(chat: Observed) -> None:
    chat.ask("what is radiomcis")

    expect(chat.page.locator(".ct-mended")).to_contain_text(re.compile("radiomcis →.* radiomics"))
    expect(chat.page.locator(".ct-marker").first).to_be_visible()


def test_a_refusal_cites_nothing_and_opens_the_nearest_sections(chat: Observed) -> None:
    chat.ask("how much does the course cost")

    turn = chat.page.locator(".ct-turn").last
    expect(turn.locator(".ct-refusal-message")).to_contain_text("does not say")
    expect(turn.locator(".ct-marker, .ct-source-chip")).to_have_count(0)
    turn.locator(".ct-section-button").first.click()
    expect(chat.page.locator(".ct-panel mark")).to_be_visible()
    expect(chat.page.locator(".ct-panel-count")).to_have_text("Section")


def test_an_offered_question_is_a_click_away(chat: Observed) -> None:
    chat.ask("hi")

    chat.page.locator(".ct-offers .ct-suggestion").first.click()

    expect(chat.page.locator(".ct-turn").last.locator(".ct-marker").first).to_be_visible()
    expect(chat.page.locator("#ct-question")).to_be_focused()


def test_an_answer_is_copied_with_its_sources(chat: Observed) -> None:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.ask("What is radiomics?")

    chat.page.get_by_role("button", name="Copy answer").click()
    expect(chat.page.get_by_role("button", name="Copied")).to_be_visible()

    copied = chat.page.evaluate("navigator.clipboard.readText()")
    assert "[1]" in copied.split("Sources")[0]
    assert "[1] Deep Learning Applications in Medicine › " in copied.split("Sources")[1]


def test_a_new_conversation_forgets_the_old(chat: Observed) -> None:
    chat.ask("What is radiomics?")

    chat.page.get_by_role("button", name="New conversation").click()

    expect(chat.page.locator(".ct-turn")).to_have_count(0)
    expect(chat.page.locator(".ct-welcome")).to_be_visible()
    chat.ask("What is it used for?")
    assert "radiomics" not in chat.answer.casefold().split("you could ask")[0]


def test_a_reload_keeps_the_conversation_and_what_was_half_written(chat: Observed) -> None:
    chat.ask("What is radiomics?")
    answered = chat.answer
    chat.page.fill("#ct-question", "and how does it")

    chat.page.reload()

    expect(chat.page.locator(".ct-marker").first).to_be_visible(timeout=30_000)
    assert chat.answer == answered
    assert chat.page.input_value("#ct-question") == "and how does it"
    chat.page.locator(".ct-marker").first.click()
    expect(chat.page.locator(".ct-panel mark")).to_be_visible()
    chat.ask("What is it used for?")
    expect(chat.page.locator(".ct-turn").last.locator(".ct-read-as")).to_contain_text(re.compile("radiomics", re.I))


def test_a_lost_connection_is_told_and_the_question_can_be_asked_again(chat: Observed) -> None:
    chat.page.route("**/gradio_api/**", lambda route: route.abort())
    chat.page.fill("#ct-question", "What is radiomics?")
    chat.page.press("#ct-question", "Enter")
    expect(chat.page.locator(".ct-failure")).to_contain_text("cannot be reached", timeout=15_000)

    chat.page.unroute("**/gradio_api/**")
    chat.page.get_by_role("button", name="Ask again").click()

    expect(chat.page.locator(".ct-marker").first).to_be_visible()
    expect(chat.page.locator(".ct-failure")).to_have_count(0)


def test_another_course_is_another_conversation(chat: Observed) -> None:
    chat.ask("What is radiomics?")
    picker = chat.page.get_by_role("combobox", name="Course")

    picker.focus()
    picker.select_option("A Short Course on Stars")

    expect(chat.page.locator(".ct-turn")).to_have_count(0)
    expect(chat.page).to_have_title(re.compile("A Short Course on Stars"))
    expect(picker).to_be_focused()
    chat.ask("What is radiomics?")
    expect(chat.page.locator(".ct-marker")).to_have_count(0)


def test_formulas_are_drawn(open_page: OpenPage, address: str) -> None:
    chat = open_page(str(httpx.URL(address).copy_set_param("course", "stars")))
    chat.wait_until_ready()
    chat.ask("What is nuclear fusion?")

    chat.page.locator(".ct-marker").first.click()
    chat.page.get_by_role("button", name="Open the whole document here").click()

    formula = chat.page.locator(".ct-whole math[display=block]")
    expect(formula).to_have_text("E=Δmc2")
    assert chat.page.locator(".ct-whole mark").count() > 0


def test_a_question_that_is_too_long_is_not_sent(chat: Observed) -> None:
    chat.page.fill("#ct-question", "x" * 4001)
    chat.page.press("#ct-question", "Enter")

    expect(chat.page.locator(".ct-count")).to_have_text("4,001 of 4,000 characters")
    expect(chat.page.locator(".ct-turn")).to_have_count(0)
    expect(chat.page.get_by_role("button", name="Ask")).to_be_disabled()


def test_a_question_of_markup_is_shown_as_it_was_typed(chat: Observed) -> None:
    typed = "<img src=x onerror=alert(1)> <script>alert(2)</script> {{7*7}} ${7*7}"

    chat.ask(typed)

    assert chat.page.locator(".ct-question").text_content() == typed
    assert chat.dialogs == []
    assert chat.errors == []
