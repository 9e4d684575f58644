"""One answer as plain text: to copy with its citations, to send along as history, to announce to screen readers."""

import re

from tutor.schemas import Answer, Citation

_SOURCES = "Sources"
_MARKERS = re.compile(r" (?:\[\d+\])+$", re.MULTILINE)


def copied_answer(answer: Answer) -> str:
    """The question, and below it the answer with its sources."""
    return f"{answer.query.asked}\n\n{cited_answer(answer)}"


def cited_answer(answer: Answer) -> str:
    """The answer with bracketed markers, and below it each source with its exact quote."""
    lines = [answer.message, ""] if answer.message and answer.statements else []
    lines += [f"{s.text} {''.join(f'[{number}]' for number in s.citations)}" for s in answer.statements]
    if not answer.statements:
        lines.append(answer.message)
    if answer.citations:
        lines += ["", _SOURCES]
    for citation in answer.citations:
        headings = [heading for heading in citation.heading_path if heading != citation.document_title]
        place = " › ".join([citation.document_title, *headings])
        page = f", {words}" if (words := page_words(citation)) else ""
        lines.append(f"[{citation.marker}] {place}{page}: “{citation.quote}”")
    return "\n".join(lines)


def without_sources(text: str) -> str:
    """The words of ``cited_answer`` again, for clients that send it back as history; other texts stay as they are."""
    said, found, _ = text.rpartition(f"\n\n{_SOURCES}\n[1] ")
    return _MARKERS.sub("", said) if found else text


def page_words(citation: Citation) -> str:
    """The page as a reader looks it up: "p. xii" as printed, "Slide 3", else counted; empty where there is none."""
    if " " in citation.page_label:
        return citation.page_label
    page = citation.page_label or citation.page
    return f"p. {page}" if page else ""


def remembered_answer(answer: Answer) -> str:
    """The answer as the assistant's turn of the history: its words without markers."""
    return "\n".join(statement.text for statement in answer.statements) or answer.message


def announcement(answer: Answer) -> str:
    """One sentence for a screen reader when the answer is complete."""
    if answer.status == "not_in_course":
        near = _counted(len(answer.nearest), "nearby section")
        return f"No answer in the course. {near} offered." if answer.nearest else answer.message
    partly = "Partial answer" if answer.status == "partly" else "Answer"
    return f"{partly} with {_counted(len(answer.citations), 'source')}."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
