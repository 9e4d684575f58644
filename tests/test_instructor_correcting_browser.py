"""An instructor corrects: answers from sentences of the course, refusals, other names, definitions."""

import pytest
from instructed_samples import PASSAGE
from instructor_desk import Desk, wait_until_drawn
from observed import Observed
from playwright.sync_api import Route, expect

pytest_plugins = ["browser", "instructed_pages"]
pytestmark = pytest.mark.browser


def toast(shown: Observed) -> str:
    return shown.page.locator(".ci-toast-words").inner_text()


def pieces(shown: Observed) -> list[str]:
    return shown.page.locator(".ci-piece-text").all_inner_texts()


def test_an_answer_is_rebuilt_from_sentences_of_the_course(desk: Desk) -> None:
    shown = desk.open("correct&answer=a0")
    first, second = pieces(shown)

    shown.page.locator(".ci-pieces li").nth(1).get_by_role("button", name="Move up").click()
    assert pieces(shown) == [second, first]
    shown.page.locator(".ci-pieces li").nth(1).get_by_role("button", name="Remove").click()
    shown.page.get_by_role("button", name="Add: The features may uncover").first.click()
    shown.page.get_by_role("button", name="Mark as verified").click()

    expect(shown.page.locator(".ci-title")).to_have_text("Corrections")
    ((method, path, body),) = desk.stub.changes
    assert (method, path, body["question"]) == ("POST", "verified", "What is radiomics?")
    start = 1000 + PASSAGE.index("The features")  # of the first passage that was found
    added = {"document_id": "course.md", "char_start": start, "char_end": 1000 + len(PASSAGE)}
    assert body["statements"] == [{"document_id": "course.md", "char_start": 90, "char_end": 130}, added]


def test_an_answer_that_is_right_is_verified_as_it_was_given(desk: Desk) -> None:
    shown = desk.open("correct&answer=a0")

    shown.page.get_by_role("button", name="Mark as verified").click()

    expect(shown.page.locator(".ci-title")).to_have_text("Corrections")
    assert desk.stub.changes == [("POST", "verified", {"question": "What is radiomics?", "answer_id": "a0"})]


def test_a_sentence_is_not_added_twice_and_one_removed_comes_back(desk: Desk) -> None:
    shown = desk.open("correct&answer=a0")
    before = pieces(shown)

    shown.page.get_by_role("button", name="Add: It uses").nth(1).click()
    shown.page.get_by_role("button", name="Add: It uses").nth(1).click()
    assert len(pieces(shown)) == len(before) + 1
    assert "already" in toast(shown)
    shown.page.locator(".ci-pieces li").first.get_by_role("button", name="Remove").click()
    shown.page.get_by_role("button", name="Undo").click()

    assert pieces(shown)[: len(before)] == before


def test_searching_for_more_sentences_keeps_what_was_edited(desk: Desk) -> None:
    shown = desk.open("correct&answer=a0")
    shown.page.locator(".ci-pieces li").first.get_by_role("button", name="Remove").click()
    kept = pieces(shown)

    shown.page.get_by_label("Search the course").fill("limits")
    with shown.page.expect_response("**/gradio_api/component_server/**"):
        shown.page.get_by_role("button", name="Search", exact=True).click()
    shown.page.locator(".ci-found:not([aria-busy])").wait_for()

    assert pieces(shown) == kept
    expect(shown.page.locator(".ci-hit")).to_have_count(4)


def test_verifying_a_refusal_asks_first(desk: Desk) -> None:
    shown = desk.open("correct&question=Who%20pays")

    shown.page.get_by_role("button", name="Mark as verified").click()
    shown.page.get_by_role("dialog").get_by_role("button", name="Verify the refusal").click()

    expect(shown.page.locator(".ci-title")).to_have_text("Corrections")
    assert desk.stub.changes == [("POST", "verified", {"question": "Who pays", "status": "not_in_course"})]


def test_a_verified_answer_is_changed_in_place(desk: Desk) -> None:
    shown = desk.open("corrections")
    shown.page.get_by_role("link", name="What is radiomics?").click()
    shown.page.locator(".ci-editor").wait_for()

    shown.page.get_by_label("Question").fill("What does radiomics mean?")
    shown.page.get_by_role("button", name="Mark as verified").click()

    expect(shown.page.locator(".ci-title")).to_have_text("Corrections")
    ((method, path, body),) = desk.stub.changes
    assert (method, path, body["question"]) == ("PUT", "verified/v1", "What does radiomics mean?")


def test_an_alias_and_a_definition_are_added_and_can_be_undone(desk: Desk) -> None:
    shown = desk.open("corrections")

    shown.page.get_by_label("Students say").fill("CNN")
    shown.page.get_by_label("The course says").fill("convolutional neural network")
    shown.page.locator("form[data-act=add_alias]").get_by_role("button").click()
    expect(shown.page.locator(".ci-toast-words")).to_contain_text("“CNN” will be read as")
    shown.page.get_by_role("button", name="Undo").click()
    expect(shown.page.locator(".ci-toast-words")).to_have_text("Alias removed.")
    shown.page.get_by_label("Definition or note").fill("A tensor is an array.")
    shown.page.get_by_label("Term, or nothing").fill("tensor")
    shown.page.get_by_label("Other words for it").fill("array, matrix ,")
    shown.page.locator("form[data-act=add_note]").get_by_role("button").click()
    expect(shown.page.locator(".ci-toast-words")).to_contain_text("Answers can cite it")

    note = {"term": "tensor", "text": "A tensor is an array.", "aliases": ["array", "matrix"]}
    assert desk.stub.changes == [
        ("POST", "aliases", {"term": "convolutional neural network", "alias": "CNN"}),
        ("DELETE", "aliases/l2", None),
        ("POST", "notes", note),
    ]


def test_who_writes_on_while_the_page_is_drawn_anew_keeps_the_words_and_the_cursor(desk: Desk) -> None:
    shown = desk.open("corrections")
    page, drawings = shown.page, list[Route]()
    page.route(
        "**/gradio_api/component_server/**",
        lambda route: drawings.append(route) if '"draw"' in (route.request.post_data or "") else route.continue_(),
    )

    page.get_by_label("Students say").fill("CNN")
    page.get_by_label("The course says").fill("convolutional neural network")
    with page.expect_request(lambda request: '"draw"' in (request.post_data or "")):
        page.locator("form[data-act=add_alias]").get_by_role("button").click()
    page.get_by_label("Definition or note").click()
    page.keyboard.type("A tensor array.")
    for _ in "array.":
        page.keyboard.press("ArrowLeft")
    with page.expect_response("**/gradio_api/component_server/**"):
        drawings[0].continue_()
    wait_until_drawn(shown)
    page.keyboard.type("is an ")

    expect(page.get_by_label("Definition or note")).to_have_value("A tensor is an array.")
    expect(page.get_by_label("Students say")).to_have_value("")


def test_a_change_that_is_refused_says_what_is_wrong_and_loses_nothing(desk: Desk) -> None:
    desk.stub.problem = "the course defines no term 'tensor'"
    shown = desk.open("corrections")

    shown.page.get_by_label("Students say").fill("array")
    shown.page.get_by_label("The course says").fill("tensor")
    shown.page.locator("form[data-act=add_alias]").get_by_role("button").click()

    expect(shown.page.locator(".ci-toast-words")).to_have_text("The course defines no term 'tensor'")
    expect(shown.page.get_by_label("The course says")).to_have_value("tensor")
