"""The runs of a page become lines, in the order in which a person reads them: column by column, rows of tables kept.

Nothing here knows PDF files: it sees words in boxes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from corpus.decoding import clean_text
from corpus.pdf_columns import Region, regions_of
from corpus.pdf_geometry import Box
from corpus.pdf_types import Run
from corpus.types import Span

_WORD_GAP = 0.12  # of the font size: letters stand closer; half a usual blank
_CELL_GAP = 1.2  # of the font size: a justified line has blanks of up to one; columns and cells stand wider apart
_SAME_LINE = 0.5  # of the lower line's height must be shared: a superscript shares more, the next line less
_MIN_PLAIN_LINES = 3  # that tell how wide a column is
_ASCENT, _DESCENT = 0.75, 0.25  # of the font size, above and below the baseline; glyphs' ink would make lines uneven


@dataclass(frozen=True)
class Segment:
    """Words that follow each other on one line without a wide gap."""

    text: str
    box: Box  # of the ink
    top: float  # of the line, from its baseline and font size
    bottom: float
    size: float  # of most of its characters
    all_bold: bool
    all_italic: bool
    fixed_pitch: bool
    emphasised: tuple[Span, ...]  # words in bold or italics, in ``text``
    bold_lead: int  # length of the opening words in bold

    @property
    def height(self) -> float:
        """Of the line, whatever its letters."""
        return self.bottom - self.top


@dataclass(frozen=True)
class Line:
    """One line of a column; several segments are cells of a table or words with wide gaps."""

    page_index: int
    segments: tuple[Segment, ...]
    column_left: float
    column_right: float

    @cached_property
    def text(self) -> str:
        """Its words."""
        return " ".join(segment.text for segment in self.segments)

    @cached_property
    def box(self) -> Box:
        """Of all its ink."""
        first, *others = (segment.box for segment in self.segments)
        for box in others:
            first = first.joined(box)
        return first

    @cached_property
    def size(self) -> float:
        """Of the font of most of its characters."""
        return max(self.segments, key=lambda segment: len(segment.text)).size

    @cached_property
    def top(self) -> float:
        """Of the line, whatever its letters."""
        return min(segment.top for segment in self.segments)

    @cached_property
    def bottom(self) -> float:
        """Of the line, whatever its letters."""
        return max(segment.bottom for segment in self.segments)

    @property
    def all_bold(self) -> bool:
        """Whether every word is set in bold."""
        return all(segment.all_bold for segment in self.segments)

    @property
    def fixed_pitch(self) -> bool:
        """Whether all of it is set as by a typewriter: code."""
        return all(segment.fixed_pitch for segment in self.segments)


def lines_of(runs: Sequence[Run], page_index: int) -> list[Line]:
    """Put the upright runs of a page together to lines, in reading order."""
    segments = [_segment(group) for group in _chained(runs)]
    lines: list[Line] = []
    for region in regions_of(segments):
        lines += _lines_of_region(region, page_index)
    return lines


def _chained(runs: Iterable[Run]) -> Iterator[list[Run]]:
    """Group runs that continue each other on a line, in the order in which the page sets them."""
    group: list[Run] = []
    for run in runs:
        if group and not _continues(group[-1], run):
            yield group
            group = []
        if not (group and run.text == group[-1].text and _is_overprint(group[-1], run)):
            group.append(run)
    if group:
        yield group


def _continues(before: Run, run: Run) -> bool:
    size = max(before.size, run.size)
    gap = run.box.left - before.box.right
    return -0.5 * size <= gap <= _CELL_GAP * size * 0.8 and _share_a_line(_band(before), _band(run))


def _is_overprint(before: Run, run: Run) -> bool:
    """Tell whether a run is set twice, a little aside: how some programs make bold letters and shadows."""
    return abs(run.box.left - before.box.left) < 1.5 and abs(run.baseline - before.baseline) < 1.5


def _band(run: Run) -> tuple[float, float]:
    return run.baseline - _ASCENT * run.size, run.baseline + _DESCENT * run.size


def _share_a_line(one: tuple[float, float], other: tuple[float, float]) -> bool:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared >= _SAME_LINE * min(one[1] - one[0], other[1] - other[0])


def _segment(group: Sequence[Run]) -> Segment:
    """Join runs to a segment; remember which words are emphasised."""
    parts: list[str] = []
    emphasised: list[Span] = []
    length = bold_lead = 0
    box = group[0].box
    for number, run in enumerate(group):
        words = run.text
        if number and not parts[-1].endswith(" ") and not words.startswith(" ") and _is_apart(group[number - 1], run):
            parts.append(" ")
            length += 1
        if run.bold or run.italic:
            emphasised.append(Span(length, length + len(words)))
        parts.append(words)
        length += len(words)
        if run.bold and all(other.bold for other in group[:number]):
            bold_lead = length
        box = box.joined(run.box)
    main = max(group, key=lambda run: len(run.text))
    all_bold, all_italic = all(run.bold for run in group), all(run.italic for run in group)
    text, spans, bold_lead = _tidied("".join(parts), emphasised, bold_lead)
    top, bottom = _band(main)
    fixed = all(run.fixed_pitch for run in group)
    return Segment(text, box, top, bottom, main.size, all_bold, all_italic, fixed, spans, bold_lead)


def _is_apart(before: Run, run: Run) -> bool:
    return run.box.left - before.box.right > _WORD_GAP * max(before.size, run.size)


def _tidied(text: str, emphasised: Sequence[Span], bold_lead: int) -> tuple[str, tuple[Span, ...], int]:
    """Make every run of blanks one blank and leave out those at the ends; move the spans along."""
    places: list[int] = []  # of each character, in the tidied text
    kept: list[str] = []
    for character in text:
        if character == " " and (not kept or kept[-1] == " "):
            places.append(len(kept))
            continue
        places.append(len(kept))
        kept.append(character)
    places.append(len(kept))
    tidied = "".join(kept).rstrip()
    if clean_text(tidied) != tidied:  # a letter and its accent, set one after the other
        return clean_text(tidied), (), 0
    end = len(tidied)
    spans = (Span(min(places[s.char_start], end), min(places[s.char_end], end)) for s in emphasised)
    return tidied, tuple(s for s in spans if s.char_start < s.char_end), min(places[bold_lead], end)


def _lines_of_region(region: Region[Segment], page_index: int) -> Iterator[Line]:
    """Put segments that share a line side by side; join those that stand close."""
    rows: list[list[Segment]] = []
    for segment in sorted(region.parts, key=lambda part: (part.bottom, part.box.left)):
        row = rows[-1] if rows else None
        if row and _share_a_line((row[0].top, row[0].bottom), (segment.top, segment.bottom)):
            row.append(segment)
        else:
            rows.append([segment])
    closed = [tuple(_closed_up(sorted(row, key=lambda part: part.box.left))) for row in rows]
    # A running head and rows of a table may be wider than the text.
    plain = [segments[0].box for segments in closed if len(segments) == 1]
    boxes = plain if len(plain) >= _MIN_PLAIN_LINES else [part.box for part in region.parts]
    left, right = min(box.left for box in boxes), max(box.right for box in boxes)
    for segments in closed:
        yield Line(page_index, segments, left, right)


def _closed_up(row: Sequence[Segment]) -> Iterator[Segment]:
    """Join neighbours that stand too close to be cells of a table."""
    current = row[0]
    for segment in row[1:]:
        gap = segment.box.left - current.box.right
        if gap > _CELL_GAP * max(current.size, segment.size):
            yield current
            current = segment
        else:
            current = _joined(current, segment, gap)
    yield current


def _joined(before: Segment, segment: Segment, gap: float) -> Segment:
    main = max(before, segment, key=lambda part: len(part.text))
    between = " " if gap > _WORD_GAP * main.size else ""
    shift = len(before.text) + len(between)
    spans = (Span(span.char_start + shift, span.char_end + shift) for span in segment.emphasised)
    text = before.text + between + segment.text
    joined = clean_text(text)
    return Segment(
        text=joined,
        box=before.box.joined(segment.box),
        top=main.top,
        bottom=main.bottom,
        size=main.size,
        all_bold=before.all_bold and segment.all_bold,
        all_italic=before.all_italic and segment.all_italic,
        fixed_pitch=before.fixed_pitch and segment.fixed_pitch,
        emphasised=(*before.emphasised, *spans) if joined == text else (),
        bold_lead=shift + segment.bold_lead if before.all_bold and joined == text else before.bold_lead,
    )


def segment_of_turned(run: Run) -> Segment:
    """Words that are set upwards or aslant, as a segment of their own."""
    return _segment([run])
