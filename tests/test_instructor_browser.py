"""The instructor's pages as an instructor meets them: bringing files, reading the log, correcting, deciding."""

import re
from pathlib import Path

import pytest
from instructed_samples import PASSAGE
from instructor_desk import VIEWS, Desk, errors_of, wait_until_drawn
from observed import Observed
from playwright.sync_api import Route, expect

pytest_plugins = ["browser", "instructed_pages"]
pytestmark = pytest.mark.browser


def files(tmp_path: Path, *names: str) -> list[Path]:
    for name in names:
        (tmp_path / name).write_bytes(b"x" * 300_000)
    return [tmp_path / name for name in names]


def toast(shown: Observed) -> str:
    return shown.page.locator(".ci-toast-words").inner_text()


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


# --- bringing files ---------------------------------------------------------------------------------------------------


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


# --- the log ----------------------------------------------------------------------------------------------------------


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


# --- correcting -------------------------------------------------------------------------------------------------------


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


# --- insight, checks, versions ----------------------------------------------------------------------------------------


def test_coverage_is_a_plot_with_a_table_beside_it(desk: Desk) -> None:
    shown = desk.open("coverage")

    shown.page.locator(".ci-plot-slot .js-plotly-plot .heatmaplayer image").wait_for(timeout=20_000)
    shown.page.locator("summary", has_text="Chapter 2: Transfer Learning").click()

    expect(shown.page.get_by_role("group", name="Sections of Chapter 2: Transfer Learning")).to_be_visible()
    assert errors_of(shown) == []


def test_the_plot_comes_back_after_another_page(desk: Desk) -> None:
    shown = desk.open("coverage")
    plot = shown.page.locator(".ci-plot-slot .js-plotly-plot .heatmaplayer image")
    plot.wait_for(timeout=20_000)

    shown.page.get_by_role("link", name="Gaps").click()
    expect(shown.page.locator(".ci-title")).to_have_text("Gaps")
    expect(shown.page.locator("#course-tutor-plot")).to_be_hidden()
    shown.page.get_by_role("link", name="Coverage").click()

    expect(plot).to_be_visible()


def test_nothing_of_the_plot_is_loaded_before_it_is_looked_at(desk: Desk) -> None:
    loaded: list[str] = []
    shown = desk.open("gaps")
    shown.page.on("response", lambda response: loaded.append(response.url))
    shown.page.reload()
    wait_until_drawn(shown)

    assert not [url for url in loaded if "PlotlyPlot" in url]


def test_gaps_say_what_is_withheld_and_lead_to_the_questions(desk: Desk) -> None:
    shown = desk.open("gaps")

    expect(shown.page.locator(".ci-note")).to_contain_text("fewer than 5 people")
    shown.page.get_by_role("link", name="See the questions").first.click()

    expect(shown.page.locator(".ci-title")).to_have_text("Questions")
    assert desk.stub.asked[-1]["search"] == "course fees"


def test_the_glossary_is_narrowed_while_typing(desk: Desk) -> None:
    shown = desk.open("glossary")

    shown.page.get_by_label("Find a term").fill("transfer")

    expect(shown.page.locator("tbody tr:visible")).to_have_count(1)


def test_a_question_set_is_run_and_stands_beside_the_one_before(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("question,expected\nWhat is radiomics?,Radiomics\n")
    shown = desk.open("check")

    shown.page.set_input_files("[data-check]", tmp_path / "mine.csv")

    expect(shown.page.locator(".ci-toast-words")).to_have_text("Finished.", timeout=10_000)
    assert desk.stub.changes == [("POST", "checks", "question,expected\nWhat is radiomics?,Radiomics\n")]
    expect(shown.page.locator(".ci-numbers li").first).to_contain_text("before: 2")


def test_a_version_that_would_change_verified_answers_waits_for_a_decision(desk: Desk) -> None:
    shown = desk.open("versions")
    held = shown.page.get_by_role("region", name="A new version")
    expect(held).to_contain_text("2 verified answers would no longer be what you verified")
    expect(held.locator(".ci-change")).to_have_count(2)

    held.get_by_role("button", name="Accept the new version").click()
    shown.page.get_by_role("dialog").get_by_role("button", name="Accept the new version").click()

    expect(shown.page.locator(".ci-toast-words")).to_have_text("The new version answers now.")
    assert desk.stub.changes == [("POST", "generations/20261124T0930-7fa3/accept", None)]


# --- getting about ----------------------------------------------------------------------------------------------------


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
