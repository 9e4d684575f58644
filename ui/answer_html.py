"""One answer as HTML: what was understood, the statements in their sections, sources, or a calm refusal.

Knows the wire types and the class names of ``assets/css``; knows nothing of where an answer comes from.
"""

from collections.abc import Sequence
from itertools import groupby

from tutor.answer_text import page_words
from tutor.schemas import Answer, Citation, NearestSection, Query, Statement
from ui.escaping import course_text, escape
from ui.sanitising import sanitise

_HEADINGS = {
    "definition": ("Definition", "Definitions"),
    "takeaway": ("Key takeaways", "Key takeaways"),
    "passage": ("From the course", "From the course"),
}


def render_answer(answer: Answer, *, finished: bool) -> str:
    """Draw an answer, or as much of it as has arrived; the closing parts come only when it is ``finished``."""
    citations = {citation.marker: citation for citation in answer.citations}
    parts = [_interpretation(answer.query)]
    if answer.status == "not_in_course":
        parts.append(_verified(answer) + _refusal(answer) if finished else "")
    else:
        parts.append(_verified(answer) if finished else "")
        parts.append(_note(answer.message) if answer.message else "")
        parts.extend(_section(kind, group, citations) for kind, group in _by_kind(answer.statements))
        if finished:
            parts.append(_sources(answer.citations))
            parts.append(_nearest(answer.nearest, "Near the rest" if answer.status == "partly" else "Read on"))
    return sanitise("".join(parts))


def render_failure(words: str) -> str:
    """Draw why there is no answer, with a way to ask again."""
    retry = '<button type="button" class="ct-button" data-retry="">Ask again</button>'
    return sanitise(f'<div class="ct-failure"><p>{escape(words)}</p>{retry}</div>')


def _interpretation(query: Query) -> str:
    """How the question was read, where that is not as it was written."""
    as_written = not query.corrections and _folded(query.used) == _folded(query.asked)
    if as_written or not query.used:  # nothing is searched for when somebody says hello
        return ""
    arrow = '<span aria-hidden="true">→</span><span class="ct-hidden"> read as </span>'
    mended = ", ".join(
        f"<span>{escape(word.written)} {arrow} <strong>{escape(word.read_as)}</strong></span>"
        for word in query.corrections
    )
    mended = f' <span class="ct-mended">({mended})</span>' if mended else ""
    return f'<p class="ct-read-as">Read as: <q>{escape(query.used)}</q>{mended}</p>'


def _folded(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def _by_kind(statements: Sequence[Statement]) -> list[tuple[str, list[Statement]]]:
    """Statements under their kind; kinds in the order in which the answer first uses them."""
    order = list(dict.fromkeys(statement.kind for statement in statements))
    ordered = sorted(statements, key=lambda statement: order.index(statement.kind))
    return [(kind, list(group)) for kind, group in groupby(ordered, key=lambda statement: statement.kind)]


def _section(kind: str, statements: Sequence[Statement], citations: dict[int, Citation]) -> str:
    groups = groupby(enumerate(statements), key=lambda each: _group_of(*each))
    body = "".join(_group([statement for _, statement in group], citations) for _, group in groups)
    heading = _HEADINGS[kind][len({_folded(statement.term or "") for statement in statements}) > 1]
    return f'<div class="ct-section ct-{kind}"><h3>{heading}</h3><ul>{body}</ul></div>'


def _group(statements: Sequence[Statement], citations: dict[int, Citation]) -> str:
    said = "".join(_statement(each, citations, leads=each is statements[0]) for each in statements)
    return f"<li>{said}</li>"


def _group_of(position: int, statement: Statement) -> str:
    """Neighbouring sentences on one term belong together; others stand alone."""
    term = _folded(statement.term or "") if statement.kind == "definition" else ""
    return term or str(position)


def _statement(statement: Statement, citations: dict[int, Citation], *, leads: bool) -> str:
    markers = "".join(_marker(number, citations.get(number)) for number in statement.citations)
    term = ""
    if leads and statement.kind == "definition" and statement.term:
        opens_with_it = _folded(statement.text).startswith(_folded(statement.term))
        term = "" if opens_with_it else f'<strong class="ct-term">{escape(statement.term)}</strong> '
    listed = " ".join(map(str, statement.citations))
    words, last_word = _split_last_word(statement.text)
    return (
        f'<p class="ct-statement" data-markers="{listed}">{term}<span class="ct-quote">{course_text(words)}</span>'
        f'<span class="ct-tail"><span class="ct-quote">{course_text(last_word)}</span>{markers}</span></p>'
    )


def _split_last_word(text: str) -> tuple[str, str]:
    """Cut off the last word, which is kept on one line with the markers; a formula or a long word is not cut off."""
    cut = max(text.rfind(" "), text.rfind("\n")) + 1
    if cut == len(text) or len(text) - cut > 24 or "$" in text[cut:]:
        return text, ""
    return text[:cut], text[cut:]


def _marker(number: int, citation: Citation | None) -> str:
    place = f": {_place(citation.heading_path, citation.document_title)}" if citation else ""
    # The brackets are for copied text and plain readers; the page shows a small numbered button.
    return (
        f'<button type="button" class="ct-marker" data-marker="{number}" '
        f'aria-label="Source {number}{escape(place)}"><span class="ct-bracket">[</span>{number}'
        f'<span class="ct-bracket">]</span></button>'
    )


def _place(heading_path: Sequence[str], document_title: str) -> str:
    return heading_path[-1] if heading_path else document_title


def _sources(citations: Sequence[Citation]) -> str:
    """Each place once, in the order of first use, with the numbers of all that is cited from it."""
    places: dict[tuple[str, ...], list[Citation]] = {}
    for citation in citations:
        place = (citation.document_id, *citation.heading_path, str(citation.page))
        places.setdefault(place, []).append(citation)
    rows = "".join(f"<li>{_source(group)}</li>" for group in places.values())
    copy = '<button type="button" class="ct-button ct-quiet" data-copy="">Copy answer</button>'
    return f'<footer class="ct-sources"><h3>Sources</h3><ul>{rows}</ul>{copy}</footer>' if rows else ""


def _source(group: Sequence[Citation]) -> str:
    first = group[0]
    label = f'<span class="ct-chip-place">{course_text(_place(first.heading_path, first.document_title))}</span>'
    if len(group) == 1:
        number = f'<span class="ct-chip-number">{first.marker}</span>'
        return (
            f'<button type="button" class="ct-chip ct-source-chip" data-marker="{first.marker}" '
            f'title="{escape(_path(first))}">{number} {label}{_page(first)}</button>'
        )
    numbers = "".join(_marker(citation.marker, citation) for citation in group)
    return f'<span class="ct-chip">{label}{_page(first)} {numbers}</span>'


def _page(citation: Citation) -> str:
    words = page_words(citation)
    return f' <span class="ct-page">{escape(words)}</span>' if words else ""


def _path(citation: Citation) -> str:
    return " › ".join([citation.document_title, *(h for h in citation.heading_path if h != citation.document_title)])


def _verified(answer: Answer) -> str:
    """That an instructor stands behind this answer, in words; the tick only repeats them."""
    words = '<span class="ct-tick" aria-hidden="true"></span>Verified by the course’s instructors'
    return f'<p class="ct-verified">{words}</p>' if answer.verified else ""


def _note(message: str) -> str:
    return f'<p class="ct-note">{escape(message)}</p>' if message else ""


def _refusal(answer: Answer) -> str:
    message = f'<p class="ct-refusal-message">{escape(answer.message)}</p>'
    return f'<div class="ct-refusal">{message}{_nearest(answer.nearest, "Nearest sections")}</div>'


def _nearest(sections: Sequence[NearestSection], heading: str) -> str:
    rows = "".join(
        f'<li><button type="button" class="ct-section-button" data-document="{escape(s.document_id)}" '
        f'data-start="{s.char_start}" data-end="{s.char_end}">'
        f'<span class="ct-section-name">{course_text(_place(s.heading_path, s.document_id))}</span>'
        f'<span class="ct-section-path">{course_text(" › ".join(s.heading_path[:-1]))}</span></button></li>'
        for s in sections
    )
    return f'<div class="ct-nearest"><h3>{heading}</h3><ul>{rows}</ul></div>' if rows else ""
