"""Cut text into sentences at exact offsets.

The unit that is shown and cited is the sentence, so this is our own: a full stop in "e.g.", "Fig. 3", "2.5 mg",
"J. S. Bach", a formula or code ends nothing. Rules, not a model: the same text always gives the same sentences.
"""

import re
from collections.abc import Iterator

from corpus.abbreviations import ALSO_WORDS, NEVER_LAST, SENTENCE_OPENERS, SOMETIMES_LAST
from corpus.types import Span

_CLOSERS = "\"'”’»)\\]}›*_"
_OPENERS = "\"'“‘«(\\[{‹¿¡*_"
# Possessive runs that cannot begin in their own middle: a megabyte of dots takes linear time.
_CANDIDATE = re.compile(
    rf"(?P<stop>(?<![.!?…])[.!?…]++)(?P<closers>[{_CLOSERS}]*+)(?=\s|$)"
    r"|(?P<formula_end>\.\$\$?)(?=\s)"
    r"|(?P<wide>[。！？]++[”’」』）]*+)"  # Chinese and Japanese put no space after a sentence
    r"|(?P<other>[।॥؟۔]++)(?=\s|$)"  # Hindi, Arabic, Urdu
    r"|(?P<blank_line>\n[ \t]*+\n)"
    r"|(?P<item>\n(?=[ \t]*+(?:[-*+•]|\d{1,3}[.)])[ \t]))"
)
_PROTECTED = re.compile(
    r"(?<!\\)\$\$.{1,5000}?(?<!\\)\$\$"
    r"|(?<![\\$\d])\$(?=[^\s$])[^$\n]{0,1000}?(?<![\s\\])\$(?!\d)"
    r"|(?P<ticks>`{1,3})[^`\n]{1,500}(?P=ticks)",
    re.DOTALL,
)
_LAST_WORD = re.compile(r"[^\s\"'“‘«(\[{—–/]*$")
_NEXT_WORD = re.compile(rf"\s*[{_OPENERS}]*(\S{{1,40}})")
_OPENS_BRACKET = re.compile(r"\s*[(\[]")
_DOTTED_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_LIST_NUMBER = re.compile(r"(?:^|\n)[ \t]*\d{1,3}$")
_LETTERS = re.compile(r"[^\W\d_]+")
_LOOK_BACK_CHARS = 40


def split_sentences(text: str) -> tuple[Span, ...]:
    """Return the sentences of ``text`` in order, without the blanks around them.

    Every character that is not blank lies in exactly one sentence. A blank line and a list item always end one.
    """
    spans: list[Span] = []
    start = 0
    for end in _boundaries(text):
        _append_stripped(text, start, end, spans)
        start = end
    _append_stripped(text, start, len(text), spans)
    return tuple(spans)


def _append_stripped(text: str, start: int, end: int, spans: list[Span]) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        first = start + len(piece) - len(piece.lstrip())
        spans.append(Span(first, first + len(stripped)))


def _boundaries(text: str) -> Iterator[int]:
    """Yield the offsets after which a new sentence begins."""
    formulas_and_code = _PROTECTED.finditer(text)
    inside = next(formulas_and_code, None)
    for found in _CANDIDATE.finditer(text):
        while inside is not None and inside.end() <= found.start():
            inside = next(formulas_and_code, None)
        cuts_it = inside is not None and inside.start() < found.end() < inside.end()
        if cuts_it and not (found["blank_line"] or found["item"]):
            continue
        if found["formula_end"]:
            # "... is $a = b.$ Then": the full stop stands in the formula and ends the sentence all the same.
            if inside is not None and inside.end() == found.end() and not _goes_on(_next_word(text, found.end())):
                yield found.end()
        elif not found["stop"] or _stop_ends_sentence(text, found):
            yield found.end()


def _stop_ends_sentence(text: str, found: re.Match[str]) -> bool:
    next_word = _next_word(text, found.end())
    if _goes_on(next_word) and not (found["stop"] == "." and _OPENS_BRACKET.match(text, found.end())):
        return False
    if not next_word or found["stop"] != "." or found["closers"].strip("*_"):
        return True
    return _full_stop_ends_sentence(text, found.start(), next_word)


def _full_stop_ends_sentence(text: str, stop: int, next_word: str) -> bool:
    """Tell whether a full stop is more than the end of an abbreviation, an initial or the number of a list item."""
    if _LIST_NUMBER.search(text, max(0, stop - 6), stop):
        return False
    before = _LAST_WORD.search(text, max(0, stop - _LOOK_BACK_CHARS), stop)
    last_word = before.group() if before else ""
    if last_word.lower() in NEVER_LAST:
        return last_word.lower() in ALSO_WORDS and not next_word[0].isdigit()
    is_initial = len(last_word) == 1 and last_word.isupper()
    if is_initial or last_word.lower() in SOMETIMES_LAST or _DOTTED_INITIALS.fullmatch(last_word):
        return _opens_sentence(next_word)
    return True


def _next_word(text: str, start: int) -> str:
    found = _NEXT_WORD.match(text, start)
    return found.group(1) if found else ""


def _goes_on(next_word: str) -> bool:
    """Tell whether a word goes on with a sentence: it begins in lower case and is no name like mRNA or pH."""
    return next_word[:1].islower() and not any(letter.isupper() for letter in next_word)


def _opens_sentence(next_word: str) -> bool:
    letters = _LETTERS.match(next_word)
    return letters is not None and letters.group().lower() in SENTENCE_OPENERS
