"""The words of one paragraph: inline Markdown tokens become what a person reads.

Emphasis and link markup go, images go, formulas keep their dollars and code its backticks, so that both can still be
told from prose. Soft line breaks become spaces.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from corpus.decoding import clean_text
from corpus.html_text import is_markup
from corpus.types import Span

_BLANK_RUN = re.compile(r"[ \t\n]+")
_LINE_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_SUPERSCRIPTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")


@dataclass(frozen=True, slots=True)
class InlineText:
    """The text of a paragraph, its opening words in bold, and the spans of its emphasised words."""

    text: str
    bold_lead: str = ""
    emphasised: tuple[Span, ...] = ()


def read_inline(tokens: Sequence[Token], *, one_line: bool = False) -> InlineText:
    """Render the children of one inline token.

    Args:
        tokens: The children, as markdown-it gives them.
        one_line: Write hard line breaks as spaces too, as a table row needs it.
    """
    writer = _InlineWriter(line_break=" " if one_line else "\n")
    for token in tokens:
        writer.write(token)
    return writer.finish()


class _InlineWriter:
    """Joins the pieces of a paragraph; collapses blanks across them."""

    def __init__(self, line_break: str) -> None:
        self._line_break = line_break
        self._parts: list[str] = []
        self._length = 0
        self._after_blank = True  # at the start, so that leading blanks are left out
        self._open: list[tuple[int, bool]] = []  # where emphasis began, and whether it is bold
        self._emphasised: list[Span] = []
        self._bold_lead_end = 0
        self._in_superscript = False

    def write(self, token: Token) -> None:
        match token.type:
            case "text" | "text_special":
                self._words(token.content)
            case "softbreak":
                self._words(" ")
            case "hardbreak":
                self._break_line()
            case "code_inline":
                self._words(f"`{_BLANK_RUN.sub(' ', token.content).strip()}`", collapse=False)
            case "math_inline" | "math_inline_double":
                dollars = token.markup
                self._words(f"{dollars}{_BLANK_RUN.sub(' ', token.content).strip()}{dollars}", collapse=False)
            case "em_open" | "strong_open":
                self._open.append((self._length, token.type == "strong_open"))
            case "em_close" | "strong_close":
                self._close_emphasis()
            case "html_inline":
                self._html(token.content)
            case _:  # links keep their words, which are tokens of their own; images are dropped
                pass

    def finish(self) -> InlineText:
        joined = "".join(self._parts)
        text = clean_text(joined.rstrip())
        if text != joined.rstrip():  # an entity smuggled in a character that a reader cannot see: offsets have moved
            return InlineText(_strip_lines(text))
        if any(line != line.strip() for line in text.split("\n")):
            return InlineText(_strip_lines(text))
        spans = tuple(span for span in self._emphasised if span.char_start < span.char_end <= len(text))
        return InlineText(text, text[: self._bold_lead_end].strip(), spans)

    def _words(self, words: str, *, collapse: bool = True) -> None:
        if collapse:
            words = _BLANK_RUN.sub(" ", words)
            if self._after_blank:
                words = words.lstrip(" ")
            if self._in_superscript and words.strip("0123456789+-−") == "":
                words = words.translate(_SUPERSCRIPTS)
        if not words:
            return
        self._parts.append(words)
        self._length += len(words)
        self._after_blank = words[-1] in " \n"

    def _break_line(self) -> None:
        if not self._parts:
            return
        if self._parts[-1].endswith(" "):
            self._parts[-1] = self._parts[-1][:-1]
            self._length -= 1
        self._words(self._line_break, collapse=False)

    def _close_emphasis(self) -> None:
        if not self._open:
            return
        start, is_bold = self._open.pop()
        self._emphasised.append(Span(start, self._length))
        if is_bold and start == 0 and not self._bold_lead_end:
            self._bold_lead_end = self._length

    def _html(self, html: str) -> None:
        if not is_markup(html):
            self._words(html)
        elif _LINE_BREAK_TAG.fullmatch(html):
            self._break_line()
        elif html.lower().startswith(("<sup", "</sup")):
            self._in_superscript = html[1] != "/"


def _strip_lines(text: str) -> str:
    return "\n".join(stripped for line in text.split("\n") if (stripped := line.strip()))
