"""A source as HTML: course text with the exact span marked, alone in its surroundings or in the whole document.

The marked words, joined, are the cited span to the letter; only a formula inside it is drawn instead of written.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from tutor.schemas import Document, Section, SourceExcerpt
from tutor.source_schemas import CitedText
from ui.escaping import course_text
from ui.sanitising import sanitise

_ELLIPSIS = '<span class="ct-ellipsis" aria-hidden="true">…</span>'


def render_excerpt(excerpt: SourceExcerpt) -> str:
    """Draw a span in its surroundings."""
    opens = _ELLIPSIS if excerpt.excerpt_start > 0 else ""
    closes = _ELLIPSIS if excerpt.excerpt_end < excerpt.document_chars else ""
    marked = f"<mark>{course_text(excerpt.text)}</mark>" if excerpt.text else ""
    body = f"{opens}{course_text(excerpt.before)}{marked}{course_text(excerpt.after)}{closes}"
    return sanitise(f'<div class="ct-excerpt">{body}</div>')


def render_version(version: CitedText, heading: str) -> str:
    """Draw a passage as it stood in an earlier version of the course."""
    path = " › ".join(version.heading_path)
    return sanitise(
        f'<div class="ct-version"><h3>{heading}</h3><p class="ct-version-path">{course_text(path)}</p>'
        f'<div class="ct-excerpt">{course_text(version.text)}</div></div>'
    )


def render_document(document: Document, char_start: int, char_end: int) -> str:
    """Draw a whole document, its headings as headings and ``[char_start, char_end)`` marked."""
    parts = [
        _piece(document.text[start:end], marked=char_start <= start < char_end, level=level)
        for start, end, level in _cut(document, char_start, char_end)
    ]
    return sanitise(f'<div class="ct-excerpt ct-whole">{"".join(parts)}</div>')


def _cut(document: Document, char_start: int, char_end: int) -> Iterable[tuple[int, int, int]]:
    """Cut the text at the span and at heading lines: (start, end, heading level, 0 for plain text)."""
    headings = {start: (end, level) for start, end, level in _heading_lines(document.text, document.sections)}
    cuts = {0, len(document.text), char_start, char_end}
    cuts.update(headings, (end for end, _ in headings.values()))
    bounds = sorted(cut for cut in cuts if 0 <= cut <= len(document.text))
    level, heading_end = 0, 0
    for start, end in pairwise(bounds):
        if start in headings:
            heading_end, level = headings[start]
        yield start, end, level if start < heading_end else 0


def _heading_lines(text: str, sections: Sequence[Section]) -> Iterable[tuple[int, int, int]]:
    for section in sections:
        end = section.char_start + len(section.heading)
        if section.level and text[section.char_start : end] == section.heading:
            yield section.char_start, end, section.level


def _piece(text: str, *, marked: bool, level: int) -> str:
    html = course_text(text)
    if marked:
        html = f"<mark>{html}</mark>"
    return f'<strong class="ct-heading" role="heading" aria-level="{level}">{html}</strong>' if level else html
