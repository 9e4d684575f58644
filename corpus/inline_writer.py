"""The words of one paragraph, put together piece by piece, whatever the markup they came from.

Formulas keep their dollars and code its backticks, so that both can still be told from prose.
"""

import re
from dataclasses import dataclass

from corpus.decoding import clean_text
from corpus.types import Span

_BLANK_RUN = re.compile(r"[ \t\n]+")
_SUPERSCRIPTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")


@dataclass(frozen=True, slots=True)
class InlineText:
    """The text of a paragraph, its opening words in bold, and the spans of its emphasised words."""

    text: str
    bold_lead: str = ""
    emphasised: tuple[Span, ...] = ()


class InlineWriter:
    """Joins the pieces of one paragraph; collapses blanks across them.

    Args:
        one_line: Write line breaks as spaces, as a table row needs it.
    """

    def __init__(self, *, one_line: bool = False) -> None:
        self._line_break = " " if one_line else "\n"
        self._parts: list[str] = []
        self._length = 0
        self._after_blank = True  # at the start, so that leading blanks are left out
        self._open: list[tuple[int, bool]] = []  # where emphasis began, and whether it is bold
        self._emphasised: list[Span] = []
        self._bold_lead_end = 0
        self.in_superscript = False  # set by the caller; digits are written as raised ones

    def finish(self) -> InlineText:
        """Return the paragraph: clean text, no blanks around it or its lines."""
        joined = "".join(self._parts)
        text = clean_text(joined.rstrip())
        if text != joined.rstrip():  # an entity smuggled in a character that a reader cannot see: offsets have moved
            return InlineText(_strip_lines(text))
        if any(line != line.strip() for line in text.split("\n")):
            return InlineText(_strip_lines(text))
        spans = tuple(span for span in self._emphasised if span.char_start < span.char_end <= len(text))
        return InlineText(text, text[: self._bold_lead_end].strip(), spans)

    def words(self, words: str, *, collapse: bool = True) -> None:
        """Append words; runs of blanks become one, across pieces too, unless ``collapse`` is off."""
        if collapse:
            words = _BLANK_RUN.sub(" ", words)
            if self._after_blank:
                words = words.lstrip(" ")
            if self.in_superscript and words.strip("0123456789+-−") == "":
                words = words.translate(_SUPERSCRIPTS)
        if not words:
            return
        self._parts.append(words)
        self._length += len(words)
        self._after_blank = words[-1] in " \n"

    def code(self, code: str) -> None:
        """Append code, between backticks."""
        self.words(f"`{_BLANK_RUN.sub(' ', code).strip()}`", collapse=False)

    def formula(self, tex: str, dollars: str = "$") -> None:
        """Append a formula in TeX, between dollars."""
        self.words(f"{dollars}{_BLANK_RUN.sub(' ', tex).strip()}{dollars}", collapse=False)

    def break_line(self) -> None:
        """End the line."""
        if not self._parts:
            return
        if self._parts[-1].endswith(" "):
            self._parts[-1] = self._parts[-1][:-1]
            self._length -= 1
        self.words(self._line_break, collapse=False)

    def open_emphasis(self, *, bold: bool) -> None:
        """Begin words in bold or italics."""
        self._open.append((self._length, bold))

    def close_emphasis(self) -> None:
        """End the words in bold or italics that began last."""
        if not self._open:
            return
        start, is_bold = self._open.pop()
        self._emphasised.append(Span(start, self._length))
        if is_bold and start == 0 and not self._bold_lead_end:
            self._bold_lead_end = self._length


def _strip_lines(text: str) -> str:
    return "\n".join(stripped for line in text.split("\n") if (stripped := line.strip()))
