"""Which blocks of a PDF are headings: by its own bookmarks where it has them, else by size and weight of the print."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from corpus.pdf_blocks import PdfBlock
from corpus.pdf_lines import Line
from corpus.pdf_types import Bookmark

_LARGER = 1.12  # than the text; textbooks set their smallest headings at 1.15 to 1.2
_MAX_HEADING_CHARS = 200
_MAX_HEADING_LINES = 3
_MAX_BOLD_HEADING_WORDS = 14
_MAX_LEVEL = 6
_SIZE_STEP = 0.5  # of a point: sizes nearer than this are one class
_MOST_BOOKMARKS = 0.5  # must be found on their pages, or the bookmarks are of another edition
_NO_HEADING_END = re.compile(r"[.,;:]$")
# "2.1 Layers . . . . . . 17": a line of a table of contents.
_LEADER = re.compile(r"(?:\.\s?){4,}\s*\w*$")
_NOT_LETTERS = re.compile(r"[\W_]+")
_MOSTLY = 0.5


def body_size(lines: Sequence[Sequence[Line]]) -> float:
    """The font size of most of the text, in points."""
    sizes: Counter[float] = Counter()
    for page_lines in lines:
        for line in page_lines:
            sizes[_size_class(line.size)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def with_headings(blocks: Sequence[PdfBlock], body: float, bookmarks: Sequence[Bookmark]) -> list[PdfBlock]:
    """Return the blocks with the kind and level of the headings among them."""
    depths = _bookmarked(blocks, bookmarks)
    bold_chars = sum(block.n_chars for block in blocks if block.all_bold)
    bold_is_usual = bold_chars > _MOSTLY * sum(block.n_chars for block in blocks)
    by_print = {n for n, block in enumerate(blocks) if _looks_like_heading(block, body, bold_is_usual=bold_is_usual)}
    ranks = sorted({_rank(blocks[n]) for n in by_print}, reverse=True)
    level_of = {rank: min(level, _MAX_LEVEL) for level, rank in enumerate(ranks, start=1)}
    found: list[PdfBlock] = []
    depth = 0
    for number, block in enumerate(blocks):
        if number in depths:
            depth = depths[number]
            found.append(replace(block, kind="heading", level=min(depth, _MAX_LEVEL)))
        elif number in by_print:
            level = min(depth + 1, _MAX_LEVEL) if depths else level_of[_rank(block)]
            found.append(replace(block, kind="heading", level=level))
        else:
            found.append(block)
    return found


def _bookmarked(blocks: Sequence[PdfBlock], bookmarks: Sequence[Bookmark]) -> dict[int, int]:
    """The depth of each block that a bookmark names; empty when most bookmarks name nothing on their page."""
    by_page: dict[int, list[int]] = defaultdict(list)
    for number, block in enumerate(blocks):
        if block.kind in ("paragraph", "list_item") and block.n_chars <= _MAX_HEADING_CHARS * 2:
            by_page[block.pieces[0].page_index].append(number)
    depths: dict[int, int] = {}
    for bookmark in bookmarks:
        title = _letters(bookmark.title)
        named = (n for n in by_page[bookmark.page_index] if n not in depths and title and _names(title, blocks[n]))
        for number in named:
            depths[number] = bookmark.depth
            break
    return depths if len(depths) >= max(1, _MOST_BOOKMARKS * len(bookmarks)) else {}


def _names(title: str, block: PdfBlock) -> bool:
    """Tell whether a bookmark's title is a block's text, give or take a number such as "1.2" before it."""
    words = _letters(block.marker + " " + " ".join(piece.segment.text for piece in block.pieces))
    longer, shorter = (title, words) if len(title) > len(words) else (words, title)
    before = longer.removesuffix(shorter)
    return words == title or (longer != before and (before.isdecimal() or before in ("chapter", "appendix")))


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", text.casefold())


def _looks_like_heading(block: PdfBlock, body: float, *, bold_is_usual: bool) -> bool:
    if block.kind != "paragraph" or block.is_turned:
        return False
    if block.n_chars > _MAX_HEADING_CHARS or len(block.pieces) > _MAX_HEADING_LINES:
        return False
    text = " ".join(piece.segment.text for piece in block.pieces)
    if _LEADER.search(text) or not any(letter.isalpha() for letter in text):
        return False
    if block.size >= _LARGER * body:
        return True
    is_bold_line = block.all_bold and not bold_is_usual and block.size >= 0.97 * body
    return (
        is_bold_line
        and len(text.split()) <= _MAX_BOLD_HEADING_WORDS
        and not _NO_HEADING_END.search(text)
        and not text[0].islower()
    )


def _rank(block: PdfBlock) -> tuple[float, bool]:
    """Larger print ranks higher, and bold print before plain print of its size."""
    return _size_class(block.size), block.all_bold


def _size_class(size: float) -> float:
    return round(size / _SIZE_STEP) * _SIZE_STEP
