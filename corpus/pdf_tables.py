"""Lines whose words stand under each other in columns are the rows of a table."""

from collections.abc import Sequence
from itertools import pairwise

from corpus.pdf_lines import Line, Segment
from corpus.pdf_markers import is_marker

_MAX_STEP = 3.0  # from line to line of a table, in usual distances; wider, and it has ended
_CLOSE = 1.25  # usual distances: lines of one row whose cells have several lines


def n_table_lines(lines: Sequence[Line], start: int, pitch: float) -> int:
    """How many lines from ``start`` on are one table; 0 where none begins.

    Args:
        lines: Of one page, in reading order.
        start: Where the table's first row would be.
        pitch: The usual distance between lines, in font sizes.
    """
    if not _has_cells(lines[start]):
        return 0
    columns = lines[start].segments
    end = start + 1
    while end < len(lines) and _goes_on(lines[start], lines[end - 1], lines[end], columns, pitch):
        if len(lines[end].segments) > len(columns):
            columns = lines[end].segments
        end += 1
    while end > start and not _has_cells(lines[end - 1]) and _places(lines[end - 1], columns) == [0]:
        end -= 1  # a line of text under the table's first column
    return end - start if sum(map(_has_cells, lines[start:end])) >= 2 else 0


def table_rows(lines: Sequence[Line], pitch: float) -> list[list[list[Segment]]]:
    """Return the rows of a table: for each of its columns the words in it, none where a cell is empty.

    Where rows stand farther apart than lines, close lines are one row. Else every line with several cells begins one.
    """
    columns = max(lines, key=lambda line: len(line.segments)).segments
    is_spaced = any(not _is_close(*pair, pitch) for pair in pairwise(lines[1:]))
    rows: list[list[list[Segment]]] = []
    for number, line in enumerate(lines):
        close = number > 0 and _is_close(lines[number - 1], line, pitch)
        if not rows or not (close and (is_spaced or not _has_cells(line))):
            rows.append([[] for _ in columns])
        for segment, place in zip(line.segments, _places(line, columns), strict=True):
            rows[-1][place].append(segment)
    return rows


def _goes_on(first: Line, before: Line, line: Line, columns: Sequence[Segment], pitch: float) -> bool:
    if (first.column_left, first.column_right) != (line.column_left, line.column_right) or line.bottom <= before.bottom:
        return False
    if line.bottom - before.bottom > _MAX_STEP * pitch * line.size:
        return False
    if _has_cells(line):
        places = _places(line, columns)
        wider = len(line.segments) > len(columns)
        return wider or (
            len(set(places)) == len(places) and all(_is_in_one(columns, segment) for segment in line.segments)
        )
    return len(line.segments) == 1 and _is_in_one(columns, line.segments[0])


def _is_in_one(columns: Sequence[Segment], segment: Segment) -> bool:
    return sum(_stands_under(segment, column) for column in columns) == 1


def _has_cells(line: Line) -> bool:
    """Tell whether a line has wide gaps, but not only the one between a list's marker and its words."""
    return len(line.segments) > (2 if is_marker(line.segments[0].text) else 1)


def _is_close(before: Line, line: Line, pitch: float) -> bool:
    return line.bottom - before.bottom <= _CLOSE * pitch * line.size


def _places(line: Line, columns: Sequence[Segment]) -> list[int]:
    """The column of each segment of a line: the first one that it stands under, else the nearest."""
    return [_place(segment, columns) for segment in line.segments]


def _place(segment: Segment, columns: Sequence[Segment]) -> int:
    under = (number for number, column in enumerate(columns) if _stands_under(segment, column))
    return next(under, min(range(len(columns)), key=lambda number: abs(columns[number].box.left - segment.box.left)))


def _stands_under(segment: Segment, column: Segment) -> bool:
    return segment.box.left < column.box.right and column.box.left < segment.box.right
