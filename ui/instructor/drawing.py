"""The small parts that the instructor's pages are drawn with: links, badges, tables, bars, empty states.

Everything given here as text is escaped; what is given as HTML was made by these functions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape as _quoted
from typing import Literal
from urllib.parse import urlencode

from ui.escaping import course_text, escape

Tone = Literal["good", "warn", "bad", "calm", "accent"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One page: its title, its HTML, and what the page's program has to watch."""

    title: str
    html: str
    jobs: list[str] = field(default_factory=list)  # ids of jobs under way


@dataclass(frozen=True, slots=True)
class Here:
    """The course whose pages are drawn: knows where its pages and permanent links are."""

    course_id: str

    def url(self, page: str, **params: object) -> str:
        """The address of a page of this course; Gradio keeps the word "page" in an address for itself."""
        chosen = {name: value for name, value in params.items() if value not in (None, "")}
        return "?" + urlencode({"course": self.course_id, "view": page, **chosen})

    def link(self, label: str, page: str, *, css: str = "", **params: object) -> str:
        """A link to a page of this course."""
        return f'<a class="{css}" data-page="{page}" href="{escape(self.url(page, **params))}">{escape(label)}</a>'

    def source(self, label: str, chunk_id: str, span: tuple[int, int] | None = None, *, css: str = "ci-link") -> str:
        """A link to a passage, or a span of it, in the source viewer, in a tab of its own."""
        offsets = {"start": span[0], "end": span[1]} if span else {}
        query = urlencode({"course": self.course_id, "citation": chunk_id, **offsets})
        hint = '<span class="ct-hidden"> (opens in a new tab)</span>'
        return f'<a class="{css}" target="_blank" href="../chat/?{escape(query)}">{escape(label)}{hint}</a>'


def badge(words: str, tone: Tone = "calm") -> str:
    """A word on a coloured ground; the colour repeats what the word says."""
    return f'<span class="ci-badge ci-{tone}">{escape(words)}</span>'


def when(moment: str | datetime | None) -> str:
    """A moment, which the browser shows in its own time zone."""
    if not moment:
        return ""
    text = moment.isoformat() if isinstance(moment, datetime) else moment
    return f'<time datetime="{escape(text)}">{escape(text[:16].replace("T", " "))}</time>'


def bar(share: float, words: str) -> str:
    """A share from 0 to 1 as a bar behind its number."""
    return f'<span class="ci-bar" data-share="{min(max(share, 0.0), 1.0):.3f}">{escape(words)}</span>'


def place_words(heading_path: Sequence[str], document: str = "") -> str:
    """Where a passage stands, as HTML: its section, and softly what it is part of."""
    path = [part for part in heading_path if part] or [document]
    above = " › ".join(path[:-1])
    soft = f'<span class="ci-soft">{course_text(above)}</span>' if above else ""
    return f'<span class="ci-place"><span>{course_text(path[-1])}</span>{soft}</span>'


def button(label: str, *, act: str = "", css: str = "ct-button", **data: object) -> str:
    """A button; ``data`` goes along when it is pressed. ``confirm`` asks first, ``named`` says more to ears only."""
    more = data.pop("named", "")
    named = f'<span class="ct-hidden"> {escape(str(more))}</span>' if more else ""
    attributes = "".join(f' data-{name.replace("_", "-")}="{escape(str(value))}"' for name, value in data.items())
    acts = f' data-act="{act}"' if act else ""
    return f'<button type="button" class="{css}"{acts}{attributes}>{escape(label)}{named}</button>'


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]], *, css: str = "") -> str:
    """A table of HTML cells, which becomes a list of cards on a phone; the first cell of a row names it."""
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    body = "".join(f"<tr>{_cells(headings, row)}</tr>" for row in rows)
    return (
        f'<div class="ci-table {css}" role="group" aria-label="{escape(caption)}" tabindex="0"><table>'
        f'<caption class="ct-hidden">{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cells(headings: Sequence[str], row: Sequence[str]) -> str:
    first, *others = zip(headings, row, strict=True)
    named = f'<th scope="row" data-label="{escape(first[0])}">{first[1]}</th>'
    return named + "".join(f'<td data-label="{escape(heading)}">{cell}</td>' for heading, cell in others)


def empty(title: str, words: str, action: str = "") -> str:
    """What a page shows while there is nothing to show: why, and what to do."""
    return f'<div class="ci-empty"><h3>{escape(title)}</h3><p>{escape(words)}</p>{action}</div>'


def lead(words: str) -> str:
    """What a page is for, in a sentence."""
    return f'<p class="ci-lead">{escape(words)}</p>'


def options(choices: Mapping[str, str], chosen: str) -> str:
    """The options of a select."""
    return "".join(
        f'<option value="{_quoted(value)}"{" selected" if value == chosen else ""}>{escape(label)}</option>'
        for value, label in choices.items()
    )


def select(label: str, name: str, choices: Mapping[str, str], chosen: str) -> str:
    """A labelled select."""
    return (
        f'<label class="ci-field"><span>{escape(label)}</span>'
        f'<select name="{name}">{options(choices, chosen)}</select></label>'
    )


def text_field(
    label: str, name: str, value: str = "", *, kind: str = "text", hint: str = "", required: bool = False
) -> str:
    """A labelled line of text."""
    extra = f' placeholder="{escape(hint)}"' if hint else ""
    extra += " required" if required else ""
    return (
        f'<label class="ci-field"><span>{escape(label)}</span>'
        f'<input type="{kind}" name="{name}" value="{escape(value)}"{extra} /></label>'
    )


def days_filter(page: str, days: int, more: str = "") -> str:
    """How far back a page looks; ``more`` fields stand beside it."""
    choices = {"7": "Last 7 days", "30": "Last 30 days", "120": "Last 120 days", "365": "Last year"}
    chosen = select("Period", "days", choices, str(days))
    return f'<form class="ci-filters" data-page="{page}" data-instant="">{chosen}{more}</form>'


def from_root(url: str) -> str:
    """An address that the API gives relative to the service's root, as seen from the instructor's pages."""
    return f"../{url.lstrip('/')}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
