"""Running heads and feet: what stands at the top or bottom of page after page and is not part of the text.

A line counts as one when its words, without the page's number, stand at the same height on most pages or on several
pages in a row, or when it holds its page's number where most pages have theirs. A line in larger print than the text is
a heading, unless most pages have it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from corpus.pdf_blocks import PdfBlock
from corpus.pdf_lines import Line
from corpus.pdf_types import PdfPage

_MARGIN = 0.13  # of the page's height, at either end
_MAX_MARGIN_LINES = 3  # at either end: a running head, a rule of letters, a page number
_MIN_PAGES = 3
_MOST = 0.5  # of the pages
_NEAR_PAGES = 2  # left and right pages have different heads
_SAME_HEIGHT_POINTS = 4.0
_LARGER = 1.12  # than the text: print of a heading
_ROMAN = re.compile(r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})", re.IGNORECASE)
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_DECORATION = "-–—|•·.[]() "

_Place = tuple[int, int]  # page, position of the line on it
_Key = tuple[str, int]  # words, height


def without_running_heads(
    pages: Sequence[PdfPage], lines: Sequence[Sequence[Line]], body_size: float
) -> list[list[Line]]:
    """Return the lines of each page without running heads, running feet and page numbers."""
    margins = {number: _margin_lines(page, lines[number]) for number, page in enumerate(pages)}
    offset = _number_offset(pages, lines, margins)
    places: dict[_Key, dict[int, _Place]] = defaultdict(dict)
    numbered: dict[int, dict[int, _Place]] = defaultdict(dict)  # by height: lines with the number of their page
    for number, positions in margins.items():
        for position in positions:
            line = lines[number][position]
            words = line.text.casefold()
            if line.size < _LARGER * body_size:  # not "Exercise 7" on page 7, a heading
                words = _without_number(line.text, pages[number], offset)
            for height in _heights(line):
                places[words, height][number] = (number, position)
                if len(words) < len(line.text.strip(_DECORATION)):
                    numbered[height][number] = (number, position)
    running = {place for key, found in places.items() for place in _running(key, found, lines, body_size)}
    n_with_text = sum(1 for page_lines in lines if page_lines)
    for found in numbered.values():
        if len(found) >= max(_MIN_PAGES, _MOST * n_with_text):  # where heads stand, whatever the chapter's is
            running.update(found.values())
    return [
        [line for position, line in enumerate(page_lines) if (number, position) not in running]
        for number, page_lines in enumerate(lines)
    ]


def _margin_lines(page: PdfPage, lines: Sequence[Line]) -> list[int]:
    """Positions of the outermost lines in the page's margins."""
    at_top = [n for n, line in enumerate(lines) if line.box.bottom <= _MARGIN * page.height]
    at_bottom = [n for n, line in enumerate(lines) if line.box.top >= (1 - _MARGIN) * page.height]
    at_top.sort(key=lambda n: lines[n].box.top)
    at_bottom.sort(key=lambda n: -lines[n].box.bottom)
    return at_top[:_MAX_MARGIN_LINES] + at_bottom[:_MAX_MARGIN_LINES]


def _number_offset(
    pages: Sequence[PdfPage], lines: Sequence[Sequence[Line]], margins: dict[int, list[int]]
) -> int | None:
    """How far printed page numbers are from the page's place in the file, where most pages agree."""
    offsets: Counter[int] = Counter()
    for number, positions in margins.items():
        values = {_value(word) for n in positions for word in _outer_words(lines[number][n].text)}
        offsets.update(value - number for value in values if value is not None)
    ((offset, count),) = offsets.most_common(1) or ((0, 0),)
    return offset if count >= max(_MIN_PAGES, _MOST * len(pages)) else None


def _outer_words(text: str) -> list[str]:
    words = [word.strip(_DECORATION) for word in text.split()]
    return [words[0], words[-1]] if words else []


def _value(word: str) -> int | None:
    """The number that a word writes, in figures or as a Roman numeral."""
    if word.isdecimal() and len(word) <= 5:
        return int(word)
    if not word or not _ROMAN.fullmatch(word):
        return None
    digits = [_ROMAN_VALUES[letter] for letter in word.lower()]
    return sum(-d if d < max(digits[n:]) else d for n, d in enumerate(digits))


def _without_number(text: str, page: PdfPage, offset: int | None) -> str:
    """The words of a line without the number of its page at either end."""
    words = text.casefold().split()
    for end in (0, -1):
        word = words[end].strip(_DECORATION) if words else ""
        is_number = word and (
            word == page.label.casefold() or (offset is not None and _value(word) == page.index + offset)
        )
        if is_number:
            del words[end]
    return " ".join(words).strip(_DECORATION)


def _heights(line: Line) -> Iterable[int]:
    """Two overlapping grids, so that lines a point apart meet in one of them."""
    row = line.bottom / _SAME_HEIGHT_POINTS
    return (int(row) * 2, int(row + 0.5) * 2 + 1)


def _running(
    key: _Key, found: dict[int, _Place], lines: Sequence[Sequence[Line]], body_size: float
) -> Iterable[_Place]:
    """Those of the lines with the same words at the same height that are running heads."""
    if len(found) < _MIN_PAGES:
        return []
    on_most = len(found) >= _MOST * sum(1 for page_lines in lines if page_lines)
    if on_most:
        return found.values()
    words, _ = key
    if not words:  # numbers alone: on a few pages they may be anything
        return []
    return [
        (page, position)
        for page, position in found.values()
        if lines[page][position].size < _LARGER * body_size
        and any(page + step in found for step in range(-_NEAR_PAGES, _NEAR_PAGES + 1) if step)
    ]


def without_watermarks(turned: Sequence[Sequence[PdfBlock]]) -> list[list[PdfBlock]]:
    """Return what is set upwards or aslant on each page without what most pages repeat."""
    pages_with = Counter(words for blocks in turned for words in {_words_of(block) for block in blocks})
    most = max(2, _MOST * len(turned))
    return [[block for block in blocks if pages_with[_words_of(block)] < most] for blocks in turned]


def _words_of(block: PdfBlock) -> str:
    return " ".join(piece.segment.text for piece in block.pieces)
