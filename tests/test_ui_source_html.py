"""A source shows the exact span marked, in its surroundings or in the whole document."""

import pytest
from fragments import Fragment, assert_harmless
from hostile_text import PAYLOADS
from hypothesis import given
from hypothesis import strategies as st

from tutor.schemas import Document, Section, SourceExcerpt
from ui.source_html import render_document, render_excerpt

# Without dollars: a formula is drawn, not written. NUL and carriage return are not in canonical texts.
prose = st.text(st.characters(exclude_characters="$\r", exclude_categories=("Cc", "Cs")) | st.just("\n"), max_size=60)


def excerpt(before: str, text: str, after: str, *, start: int = 0, length: int | None = None) -> SourceExcerpt:
    end = start + len(before + text + after)
    return SourceExcerpt(
        course_id="c",
        document_id="d",
        document_title="D",
        heading_path=[],
        char_start=start + len(before),
        char_end=start + len(before + text),
        before=before,
        text=text,
        after=after,
        excerpt_start=start,
        excerpt_end=end,
        document_chars=end if length is None else length,
        generation="g",
    )


def document(text: str, *sections: Section) -> Document:
    return Document(
        course_id="c",
        document_id="d",
        title="D",
        source_name="d.md",
        source_sha256="",
        generation="g",
        text=text,
        sections=list(sections),
    )


def section(heading: str, level: int, start: int, end: int) -> Section:
    return Section(heading=heading, level=level, heading_path=[heading], char_start=start, char_end=end)


@given(prose, prose, prose)
def test_the_mark_holds_the_span_to_the_letter(before: str, text: str, after: str) -> None:
    fragment = Fragment(render_excerpt(excerpt(before, text, after)))

    assert fragment.text("mark") == text
    assert fragment.text(".ct-excerpt") == before + text + after


def test_dots_show_where_the_document_goes_on() -> None:
    middle = Fragment(render_excerpt(excerpt("a ", "b", " c", start=9, length=99)))
    whole = Fragment(render_excerpt(excerpt("a ", "b", " c")))

    assert middle.text(".ct-excerpt") == "…a b c…"
    assert whole.text(".ct-excerpt") == "a b c"


@given(prose, st.data())
def test_the_whole_document_is_shown_with_the_span_marked(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))

    fragment = Fragment(render_document(document(text), start, end))

    assert fragment.text() == text
    assert fragment.text("mark") == text[start:end]


def test_headings_of_the_document_are_headings() -> None:
    text = "Medicine\n\nIntro.\n\nRadiomics\n\nRadiomics is a field."
    sections = (section("Medicine", 1, 0, len(text)), section("Radiomics", 2, 18, len(text)))

    fragment = Fragment(render_document(document(text, *sections), 29, len(text)))

    assert fragment.text() == text
    assert [a["aria-level"] for a in fragment.all("strong", "ct-heading")] == ["1", "2"]
    assert fragment.text(".ct-heading") == "MedicineRadiomics"
    assert fragment.text("mark") == "Radiomics is a field."


def test_a_span_that_begins_inside_a_heading_is_marked_all_the_same() -> None:
    text = "Radiomics\n\nA field."

    fragment = Fragment(render_document(document(text, section("Radiomics", 1, 0, len(text))), 5, len(text)))

    assert fragment.text("mark") == text[5:]
    assert fragment.text(".ct-heading") == "Radiomics"


def test_a_title_that_is_not_in_the_text_makes_no_heading() -> None:
    fragment = Fragment(render_document(document("Only words.", section("Title", 0, 0, 11)), 0, 4))

    assert fragment.all("strong") == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_course_text_stays_text(payload: str) -> None:
    sections = (section(payload, 1, 0, len(payload)),)

    assert_harmless(render_excerpt(excerpt(payload, payload, payload)))
    assert_harmless(render_document(document(payload * 3, *sections), len(payload), 2 * len(payload)))
