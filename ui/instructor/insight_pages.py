"""Gaps, coverage and glossary: what the course is asked about, what it answers, and what it does not."""

from collections.abc import Sequence
from itertools import groupby

from tutor.insight_schemas import Coverage, SectionUse, TermUse
from ui.escaping import course_text, escape
from ui.instructor.desk import Desk
from ui.instructor.drawing import (
    Drawn,
    Here,
    bar,
    counted,
    days_filter,
    empty,
    lead,
    place_words,
    table,
)
from ui.places import page_in_full

DEFAULT_DAYS = 120  # a term


def days_of(params: dict[str, str]) -> int:
    """How far back to look."""
    days = params.get("days", "")
    return min(int(days), 3650) if days.isdecimal() and int(days) else DEFAULT_DAYS


async def draw_gaps(desk: Desk, params: dict[str, str]) -> Drawn:
    """Refused questions by topic, never of fewer people than protects each of them."""
    days = days_of(params)
    gaps = await desk.gaps(days)
    here = Here(desk.course_id)
    most = max((topic.n_questions for topic in gaps.topics), default=1)
    rows = [
        [
            escape(topic.topic),
            bar(topic.n_questions / most, f"{topic.n_questions:,}"),
            f"{topic.n_people:,}",
            place_words(topic.heading_path) if topic.heading_path else "–",
            here.link("See the questions", "questions", css="ci-link", status="not_in_course", search=topic.topic),
        ]
        for topic in gaps.topics
    ]
    body = (
        table("Gaps", ["Topic", "Questions", "People", "Nearest section", "Look"], rows)
        if rows
        else empty(
            "No gap to show",
            f"Nothing that the course could not answer was asked by {gaps.min_people} or more people in this time.",
        )
    )
    withheld = (
        f'<p class="ci-note">{counted(gaps.withheld, "more question")} not shown, so that nobody can be recognised: '
        f"fewer than {gaps.min_people} people asked about each topic.</p>"
        if gaps.withheld
        else ""
    )
    words = lead("What students asked and the course does not say, by topic: what to write next.")
    return Drawn("Gaps", words + days_filter("gaps", days) + body + withheld)


async def draw_coverage(desk: Desk, params: dict[str, str]) -> Drawn:
    """The outline with how often each section was asked about and cited; the plot is drawn beside it."""
    days = days_of(params)
    coverage = await desk.coverage(days)
    top = lead("Which sections students ask about, and which the answers cite.") + days_filter("coverage", days)
    if not coverage.sections:
        words = "As soon as the course has files, its outline stands here."
        return Drawn("Coverage", top + empty("No sections yet", words))
    return Drawn(
        "Coverage",
        f'{top}{_summary(coverage)}<div class="ci-plot-slot" data-plot="" data-days="{days}"></div>'
        f"<h3>The same as a table</h3>{_outline(coverage)}",
    )


def _summary(coverage: Coverage) -> str:
    outermost = [section for section in coverage.sections if is_outermost(section, coverage.sections)]
    asked = sum(section.n_asked for section in outermost)  # counts include subsections
    cited = sum(section.n_cited for section in outermost)
    silent = sum(1 for section in coverage.sections if not section.n_asked and not section.n_cited)
    facts = ((f"{asked:,}", "questions about a section"), (f"{cited:,}", "citations"),
             (f"{silent:,} of {len(coverage.sections):,}", "sections never touched"))  # fmt: skip
    cards = "".join(
        f'<li><strong>{number}</strong><span class="ci-soft">{words}</span></li>' for number, words in facts
    )
    return f'<ul class="ci-numbers">{cards}</ul>'


def is_outermost(section: SectionUse, sections: Sequence[SectionUse]) -> bool:
    """Whether no other section of the document holds this one."""
    path = section.heading_path
    return not any(
        other.document_id == section.document_id
        and len(other.heading_path) < len(path)
        and other.heading_path == path[: len(other.heading_path)]
        for other in sections
    )


def _outline(coverage: Coverage) -> str:
    most = max((max(section.n_asked, section.n_cited) for section in coverage.sections), default=1) or 1
    parts = []
    for (_, title), sections in groupby(coverage.sections, key=lambda s: (s.document_id, s.document_title)):
        listed = list(sections)
        rows = [_section(section, most) for section in listed]
        total = sum(section.n_cited for section in listed if is_outermost(section, listed))
        body = table(f"Sections of {title}", ["Section", "Asked about", "Cited"], rows, css="ci-outline")
        parts.append(
            f'<details class="ci-document" data-cited="{total}"><summary>{course_text(title)} <span class="ci-soft">'
            f"{counted(len(listed), 'section')}, {counted(total, 'citation')}</span></summary>{body}</details>"
        )
    return "".join(parts)


def _section(section: SectionUse, most: int) -> list[str]:
    name = section.heading_path[-1] if section.heading_path else section.document_title
    level = min(max(section.level, 0), 6)
    return [
        f'<span class="ci-level-{level}">{course_text(name)}</span>',
        bar(section.n_asked / most, f"{section.n_asked:,}"),
        bar(section.n_cited / most, f"{section.n_cited:,}"),
    ]


async def draw_glossary(desk: Desk, params: dict[str, str]) -> Drawn:
    """The terms with the sentence that defines each and how often it is asked about."""
    days = days_of(params)
    terms = (await desk.glossary(days)).terms
    here = Here(desk.course_id)
    most = max((term.n_asked for term in terms), default=1) or 1
    rows = [_term(here, term, most) for term in terms]
    top = lead("The terms that the course defines, as the tutor found them, and how often students ask about each.")
    body = (
        table("Glossary", ["Term", "Definition", "Where", "Asked"], rows, css="ci-glossary")
        if rows
        else empty("No terms yet", "Terms come from key-term lists and defining sentences in the course's files.")
    )
    find = '<label class="ci-field"><span>Find a term</span><input type="search" data-narrows="" /></label>'
    add = here.link("Add a definition or an alias", "corrections", css="ct-button ct-quiet")
    return Drawn(
        "Glossary",
        f'<div class="ci-title-row">{top}{add}</div>{days_filter("glossary", days, find if rows else "")}{body}',
    )


def _term(here: Here, term: TermUse, most: int) -> list[str]:
    also = f'<span class="ci-soft">also: {escape(", ".join(term.aliases))}</span>' if term.aliases else ""
    page = page_in_full(term.page, term.page_label)
    where = place_words(term.heading_path, term.document_title)
    where += f'<span class="ci-soft">{escape(page)}</span>' if page else ""
    opened = here.source("Open", term.chunk_id, (term.char_start, term.char_end))
    ask = here.link("Its questions", "questions", css="ci-link", search=term.term) if term.n_asked else ""
    return [
        f'<span class="ci-name">{escape(term.term)}</span>{also}',
        course_text(term.text),
        where + opened,
        f"{bar(term.n_asked / most, f'{term.n_asked:,}')}{ask}",
    ]
