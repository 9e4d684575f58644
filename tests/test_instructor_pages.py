"""What the instructor's pages draw, without a browser: spans that fit, plots of outlines, words for pages and links."""

import json
import re
from html.parser import HTMLParser

import pytest
from hostile_text import PAYLOADS
from hypothesis import given
from hypothesis import strategies as st
from instructed_samples import coverage, hit

from tutor.insight_schemas import SectionUse
from ui.instructor.actions import Ordered
from ui.instructor.correct_page import sentences_of
from ui.instructor.coverage_plot import Look, coverage_plot
from ui.instructor.drawing import Here, table
from ui.instructor.insight_pages import is_outermost
from ui.places import host_of, page_in_full
from ui.sanitising import sanitise_page


@given(st.text(alphabet=st.sampled_from("Aa1. !?\n“”’()ä😀"), max_size=80), st.integers(min_value=0, max_value=10**6))
def test_the_sentences_of_a_passage_stand_where_they_say(text: str, char_start: int) -> None:
    found = hit(str, 1).model_copy(update={"text": text, "char_start": char_start})

    pieces = sentences_of(found)

    document = " " * char_start + text
    assert all(document[piece.char_start : piece.char_end] == piece.text for piece in pieces)
    assert "".join("".join(piece.text.split()) for piece in pieces) == "".join(text.split())
    assert all(piece.text == piece.text.strip() and piece.text for piece in pieces)


def test_a_passage_is_cut_after_its_sentences_and_not_within_a_number() -> None:
    found = hit(str, 1).model_copy(update={"text": "It grew by 3.5 cm. Why? “Water.” Then it stopped."})

    texts = [piece.text for piece in sentences_of(found)]

    assert texts == ["It grew by 3.5 cm.", "Why?", "“Water.”", "Then it stopped."]


# --- the heat map -----------------------------------------------------------------------------------------------------


def figure(sections: list[SectionUse], **look: bool) -> dict[str, object]:
    drawn = coverage_plot(sections, Look(**look))
    assert drawn.type == "plotly"
    heat = json.loads(drawn.plot)["data"][0]
    return dict(heat)


def section(*path: str, document: str = "d", asked: int = 1) -> SectionUse:
    return SectionUse(
        document_id=document,
        document_title=document.title(),
        heading_path=list(path),
        level=len(path),
        char_start=0,
        n_asked=asked,
        n_cited=0,
    )


def test_each_document_is_a_row_and_each_section_a_square() -> None:
    sections = coverage(str).sections

    heat = figure(sections)

    squares = [[value for value in row if value is not None] for row in heat["z"]]  # type: ignore[attr-defined]
    assert [len(row) for row in squares] == [4, 5, 6, 7, 8, 9]
    assert sum(map(sum, squares)) == sum(each.n_asked + each.n_cited for each in sections)
    assert len({len(row) for row in heat["z"]}) == 1  # type: ignore[attr-defined]


def test_a_course_of_one_document_has_its_chapters_as_rows_and_no_title_that_counts_twice() -> None:
    sections = [
        section("Course", asked=6),
        section("Course", "One", asked=2),
        section("Course", "One", "Details", asked=1),
        section("Course", "Two", asked=4),
    ]

    heat = figure(sections)

    assert [name.rstrip("\u200b") for name in heat["y"]] == ["One", "Two"]  # type: ignore[attr-defined]
    assert heat["z"] == [[2, 1], [4, None]]


def test_chapters_of_the_same_name_keep_their_rows() -> None:
    heat = figure([section("Summary", document=name) for name in ("a", "b")] * 1)
    same = figure([section("x", document="a"), section("x", document="b").model_copy(update={"document_title": "A"})])

    assert len(set(heat["y"])) == len(set(same["y"])) == 2  # type: ignore[call-overload]


@pytest.mark.parametrize("payload", PAYLOADS[:20])
def test_a_heading_is_no_markup_for_the_plot(payload: str) -> None:
    heat = figure([section(payload), section(payload, payload)])

    shown = json.dumps([heat["y"], heat["customdata"]])
    assert set(re.findall(r"<[^>]*>", shown)) <= {"<b>", "</b>", "<br>"}


def test_the_counts_of_the_outermost_sections_hold_the_others() -> None:
    inner, outer, other = section("A", "B"), section("A"), section("A", "B", document="e")

    found = [is_outermost(each, [inner, outer, other]) for each in (inner, outer, other)]

    assert found == [False, True, True]


# --- words, links, markup ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "label", "words"),
    [
        (12, "xii", "p. xii (page 12 of the file)"),
        (12, "12", "p. 12"),
        (12, "", "p. 12"),
        (None, "", ""),
        (3, "Slide 3", "Slide 3"),
        (None, "iv", "p. iv"),
    ],
)
def test_a_page_is_said_as_printed_and_as_it_lies_in_the_file(page: int | None, label: str, words: str) -> None:
    assert page_in_full(page, label) == words


@pytest.mark.parametrize(
    ("link", "host"),
    [
        ("https://lms.example.edu/x?id=1", "lms.example.edu"),
        ("http://127.0.0.1:8080/", "127.0.0.1"),
        ("https://user@evil.example/", "evil.example"),
        ("javascript:alert(1)", ""),
        ("//evil.example/x", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_only_web_addresses_are_offered_and_by_their_real_host(link: str, host: str) -> None:
    assert host_of(link) == host


def test_an_address_of_a_page_carries_what_was_chosen_and_nothing_empty() -> None:
    url = Here("a&b/ü").url("questions", search="x=1&y", status="", cursor=None)

    assert url == "?course=a%26b%2F%C3%BC&view=questions&search=x%3D1%26y"


class Elements(HTMLParser):
    """The tags and attributes of a piece of HTML, as a parser finds them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_is_sanitised_for_the_pages_cannot_run(payload: str) -> None:
    found = Elements()

    found.feed(sanitise_page(f'<p>{payload}</p><a href="{payload}">x</a>'))

    assert found.tags & {"script", "iframe", "img", "object", "video", "style", "link", "meta", "svg"} == set()
    names = {name for name, _ in found.attributes}
    assert [name for name in names if name.startswith("on")] == []
    assert names & {"style", "srcdoc", "action", "formaction", "autofocus"} == set()
    links = [value for name, value in found.attributes if name == "href"]
    assert [link for link in links if re.match(r"\s*(javascript|data):", link)] == []


def test_links_elsewhere_get_no_handle_on_our_page() -> None:
    clean = sanitise_page('<a target="_blank" href="https://lms.example.edu/">x</a>')

    assert 'rel="noopener"' in clean


def test_a_table_names_its_rows_and_tells_phones_its_columns() -> None:
    drawn = table("Terms", ["Term", "Text"], [["a", "b"]])

    assert '<th scope="row" data-label="Term">a</th><td data-label="Text">b</td>' in drawn
    assert "<caption" in drawn


def test_an_action_is_known_by_its_name() -> None:
    ordered = Ordered.model_validate({"course": "c", "action": {"act": "hide", "chunk": "c1"}})

    assert type(ordered.action).__name__ == "Hide"
