"""Lines become paragraphs, list items, tables, code: what belongs together, also across columns and pages."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from corpus.pdf_lines import Line, Segment
from corpus.pdf_markers import is_marker, marker_of, written_marker
from corpus.pdf_tables import n_table_lines, table_rows
from corpus.types import BlockKind

_SAME_SIZE = 0.1  # of the larger font
_WIDER_PITCH = 1.25  # than usual between two lines: a new paragraph
_USUAL_PITCH = 1.2  # of the font size, where a document has too few lines to tell
_INDENT = 0.8  # of the font size
_SHORT = 0.1  # of the column's width left free, at least, by a line that was ended
_SAFELY = 1.2  # times the room that the next word needs: letters differ in width
_FIXED_ADVANCE = 0.6  # of the font size: the width of a typewriter's letter
_MAX_CODE_INDENT = 40
_SENTENCE_END = re.compile(r"[.!?:…。！？][\"'”’»)\]]*$")
_JOINED_CODE = 2.6  # usual distances: a blank line inside a listing


@dataclass(frozen=True)
class Piece:
    """Words of one line in a block, and what stands before them there."""

    joint: str  # "" for the first, else " ", "\n", " | "; "-" where a word is parted by a hyphen at the line's end
    segment: Segment
    page_index: int


@dataclass(frozen=True)
class PdfBlock:
    """What belongs together, in the order in which it is read."""

    kind: BlockKind
    pieces: tuple[Piece, ...]
    marker: str = ""  # list items: "-" or "3."
    level: int = 0
    is_turned: bool = False  # set upwards or aslant: the label of an axis, a stamp

    @property
    def size(self) -> float:
        """Of the font of most of its characters."""
        return max(self.pieces, key=lambda piece: len(piece.segment.text)).segment.size

    @property
    def all_bold(self) -> bool:
        """Whether every word is set in bold."""
        return all(piece.segment.all_bold for piece in self.pieces)

    @property
    def n_chars(self) -> int:
        """About how long it is."""
        return sum(len(piece.segment.text) for piece in self.pieces)


def usual_pitch(lines: Sequence[Sequence[Line]]) -> float:
    """The distance from line to line that most of the document has, in font sizes."""
    pitches = [
        (line.bottom - before.bottom) / line.size
        for page_lines in lines
        for before, line in pairwise(page_lines)
        if line.size > 0 and _same_size(before, line) and 0.8 < (line.bottom - before.bottom) / line.size < 2.5
    ]
    return median(pitches) if len(pitches) >= 5 else _USUAL_PITCH


def blocks_of(lines: Sequence[Line], pitch: float) -> list[PdfBlock]:
    """Put the lines of one page together to blocks."""
    blocks: list[PdfBlock] = []
    position = 0
    while position < len(lines):
        n_lines = n_table_lines(lines, position, pitch)
        end = position + max(1, n_lines)
        if n_lines:
            blocks.append(_table(lines[position:end], pitch))
        else:
            while (
                end < len(lines)
                and not n_table_lines(lines, end, pitch)
                and not _parted(lines[position:end], lines[end], pitch)
            ):
                end += 1
            blocks.append(_paragraph(lines[position:end], pitch))
        position = end
    return blocks


def joined_across(blocks: Sequence[PdfBlock]) -> list[PdfBlock]:
    """Join paragraphs that a column's or a page's end parts."""
    joined: list[PdfBlock] = []
    for block in blocks:
        if joined and _goes_on(joined[-1], block):
            before = joined[-1]
            first = replace(block.pieces[0], joint=_joint(before.pieces[-1].segment.text, block.pieces[0].segment.text))
            joined[-1] = replace(before, pieces=(*before.pieces, first, *block.pieces[1:]))
        else:
            joined.append(block)
    return joined


def _goes_on(before: PdfBlock, block: PdfBlock) -> bool:
    if before.kind not in ("paragraph", "list_item") or block.kind != "paragraph":
        return False
    if before.is_turned or block.is_turned:
        return False
    if abs(before.size - block.size) > _SAME_SIZE / 2 * before.size or before.all_bold != block.all_bold:
        return False
    last, first = before.pieces[-1].segment, block.pieces[0].segment
    below = before.pieces[-1].page_index == block.pieces[0].page_index and first.top >= last.top
    if below and first.box.left < last.box.right:
        return False  # the same column: its lines were parted for a reason
    return first.text[:1].islower() and not _SENTENCE_END.search(last.text)


def _same_size(one: Line, other: Line) -> bool:
    return abs(one.size - other.size) <= _SAME_SIZE * max(one.size, other.size)


def _same_column(one: Line, other: Line) -> bool:
    return (one.column_left, one.column_right) == (other.column_left, other.column_right)


def _parted(paragraph: Sequence[Line], line: Line, pitch: float) -> bool:
    """Tell whether a line begins a new paragraph."""
    before = paragraph[-1]
    if not _same_column(before, line) or not _same_size(before, line) or before.fixed_pitch != line.fixed_pitch:
        return True
    step = line.bottom - before.bottom
    if step <= 0 or step > (_JOINED_CODE if line.fixed_pitch else _WIDER_PITCH) * pitch * line.size:
        return True
    return not line.fixed_pitch and (bool(marker_of(line.text)) or _reads_as_new(paragraph, line))


def _reads_as_new(paragraph: Sequence[Line], line: Line) -> bool:
    """Tell a new paragraph by its indent, by a change to or from bold print, or because the line before was ended."""
    first, before = paragraph[0], paragraph[-1]
    ended = bool(_SENTENCE_END.search(before.text))
    if before.all_bold != line.all_bold and (before.all_bold or ended):
        return True
    was_ended = _was_ended(before, line)
    if marker_of(first.text):
        return ended and was_ended and line.box.left < first.box.left + _INDENT / 2 * line.size
    is_indented = line.box.left - before.box.left > _INDENT * line.size
    return (ended and (is_indented or was_ended)) or (is_indented and len(paragraph) > 1 and was_ended)


def _was_ended(before: Line, line: Line) -> bool:
    """Tell whether a line was ended, not wrapped: the next line's first word would have fitted into it."""
    free = before.column_right - before.box.right
    first_word = line.text.split(" ", 1)[0]
    needed = (len(first_word) + 1) * line.box.width / max(1, len(line.text))
    return free > _SHORT * (before.column_right - before.column_left) and free > _SAFELY * needed


def _paragraph(lines: Sequence[Line], pitch: float) -> PdfBlock:
    if lines[0].fixed_pitch:
        return PdfBlock("code", tuple(_code_pieces(lines, pitch)))
    pieces: list[Piece] = []
    before: Line | None = None
    for line in lines:
        for number, segment in enumerate(line.segments):
            joint = " " if pieces else ""
            if before is not None and number == 0:
                joint = "\n" if _was_ended(before, line) else _joint(before.text, segment.text)
            pieces.append(Piece(joint, segment, line.page_index))
        before = line
    marker = marker_of(lines[0].text)
    if not marker or (len(pieces) == 1 and is_marker(pieces[0].segment.text)):
        return PdfBlock("paragraph", tuple(pieces))
    return _list_item(tuple(pieces), marker)


def _list_item(pieces: tuple[Piece, ...], marker: str) -> PdfBlock:
    """Take the marker off the first words: it is written anew."""
    first, *others = pieces
    sign = written_marker(marker)
    if is_marker(first.segment.text):
        second, *rest = others
        return PdfBlock("list_item", (replace(second, joint=""), *rest), sign, level=1)
    return PdfBlock("list_item", (replace(first, segment=_cut(first.segment, len(marker))), *others), sign, level=1)


def _cut(segment: Segment, length: int) -> Segment:
    spans = (
        replace(span, char_start=max(0, span.char_start - length), char_end=span.char_end - length)
        for span in segment.emphasised
        if span.char_end > length
    )
    bold_lead = max(0, segment.bold_lead - length)
    return replace(segment, text=segment.text[length:], emphasised=tuple(spans), bold_lead=bold_lead)


def _joint(before: str, words: str) -> str:
    """What stands between a line's end and what goes on in the next one."""
    parted_word = len(before) > 1 and before[-1] in "-\u2010" and before[-2].isalpha() and words[:1].isalpha()
    return "-" if parted_word else " "


def _code_pieces(lines: Sequence[Line], pitch: float) -> Iterator[Piece]:
    """Yield the lines of a listing with their indents and blank lines."""
    left = min(line.box.left for line in lines)
    for number, line in enumerate(lines):
        step = (line.bottom - lines[number - 1].bottom) / (pitch * line.size) if number and line.size > 0 else 0
        for place, segment in enumerate(line.segments):
            n_blanks = int((segment.box.left - left) / (_FIXED_ADVANCE * max(1.0, segment.size)) + 0.5)
            indent = " " * min(n_blanks, _MAX_CODE_INDENT) if place == 0 else "  "
            breaks = "\n" * max(1, round(step)) if number and place == 0 else ""
            yield Piece(breaks + (indent if number or place else ""), segment, line.page_index)


def _table(lines: Sequence[Line], pitch: float) -> PdfBlock:
    pieces: list[Piece] = []
    for row in table_rows(lines, pitch):
        filled = 0  # cells of this row so far, empty ones included
        for column, cell in enumerate(row):
            for number, segment in enumerate(cell):
                joint = " " if number else _between_cells(filled, column, is_first=not pieces)
                pieces.append(Piece(joint, segment, lines[0].page_index))
                filled = column + 1
    return PdfBlock("table", tuple(pieces))


def _between_cells(filled: int, column: int, *, is_first: bool) -> str:
    """What stands before a cell; an empty cell keeps its place."""
    if filled:
        return " | " * (column - filled + 1)
    return ("" if is_first else "\n") + "| " * column
