"""An instructor looks at the course as a whole: coverage, gaps, terms, checks, versions."""

from pathlib import Path

import pytest
from instructor_desk import Desk, errors_of, wait_until_drawn
from playwright.sync_api import expect

pytest_plugins = ["browser", "instructed_pages"]
pytestmark = pytest.mark.browser


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
