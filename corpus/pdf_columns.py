"""Which parts of a page are read one after the other: the columns, cut by what runs across them.

A gutter is a strip that hardly any line crosses, with prose on both sides. The cells of a table stand in columns too,
but seldom fill them: columns that their lines do not fill are read row by row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Generic, Protocol, TypeVar

from corpus.pdf_geometry import Box

_MIN_LINES = 4  # in a column; fewer are a caption beside a picture, or a table
_FILLED = 0.55  # of a column's width, by half of its lines: prose does it, cells of a table seldom
_ALIKE = 0.4  # the narrower column's width in the wider one's; a glossary's terms are narrower than their meanings
_MAX_CROSSING = 0.35  # of a page's lines; headings, captions and an abstract run across columns
_STRIP_POINTS = 3.0  # how finely gutters are looked for; the narrowest that is set has 10
_MIDDLE = 0.12  # of the width: no gutter is looked for nearer to the edges


class Placed(Protocol):
    """Something that stands in a box."""

    @property
    def box(self) -> Box:
        """Where it stands."""


_Part = TypeVar("_Part", bound=Placed)


@dataclass(frozen=True, slots=True)
class Region(Generic[_Part]):
    """Parts of one column, read from top to bottom."""

    parts: tuple[_Part, ...]


def regions_of(parts: Sequence[_Part]) -> list[Region[_Part]]:
    """Cut a page into regions, in reading order; together they hold every part once."""
    if not parts:
        return []
    left, right = min(part.box.left for part in parts), max(part.box.right for part in parts)
    gutter = _gutter(parts, left, right)
    if gutter is None:
        return [Region(tuple(parts))]
    crossing = [part for part in parts if part.box.left < gutter < part.box.right]
    return _read_in_bands(_sides(parts, gutter), crossing)


def _sides(parts: Sequence[_Part], gutter: float) -> tuple[list[_Part], list[_Part]]:
    on_right = [part for part in parts if part.box.left >= gutter and part.box.right > gutter]
    return [part for part in parts if part.box.right <= gutter], on_right


def _read_in_bands(sides: tuple[list[_Part], list[_Part]], crossing: list[_Part]) -> list[Region[_Part]]:
    """Read the columns between two lines that run across, left before right, then what runs across, and so on."""
    regions: list[Region[_Part]] = []
    waiting = [sorted(side, key=_middle) for side in sides]
    taken = [0, 0]
    across: list[_Part] = []
    for part in [*sorted(crossing, key=_middle), None]:
        above: list[list[_Part]] = []
        for number, side in enumerate(waiting):
            start = taken[number]
            while taken[number] < len(side) and (part is None or _middle(side[taken[number]]) < _middle(part)):
                taken[number] += 1
            above.append(side[start : taken[number]])
        if across and (part is None or any(above)):
            regions.append(Region(tuple(across)))
            across = []
        for side in above:
            regions += regions_of(side)
        if part is not None:
            across.append(part)
    return regions


def _middle(part: Placed) -> float:
    return (part.box.top + part.box.bottom) / 2


def _gutter(parts: Sequence[_Part], left: float, right: float) -> float | None:
    """Return where to cut from top to bottom, or None where one column is all there is."""
    n_strips = int((right - left) / _STRIP_POINTS)
    if len(parts) < 2 * _MIN_LINES or n_strips < 10 or n_strips > 10_000:
        return None
    crossed = _crossings(parts, left, n_strips)
    first, last = int(n_strips * _MIDDLE), int(n_strips * (1 - _MIDDLE))
    fewest = min(crossed[first:last])
    if fewest > _MAX_CROSSING * len(parts):
        return None
    best, length = 0, 0
    run = 0
    for number in range(first, last):
        run = run + 1 if crossed[number] == fewest else 0
        if run > length:
            best, length = number - run // 2, run
    gutter = left + (best + 0.5) * _STRIP_POINTS
    return gutter if _are_columns(*_sides(parts, gutter)) else None


def _crossings(parts: Sequence[Placed], left: float, n_strips: int) -> list[int]:
    """How many parts touch each strip of the page's width."""
    changes = [0] * (n_strips + 2)
    for part in parts:
        changes[min(n_strips, max(0, int((part.box.left - left) / _STRIP_POINTS)))] += 1
        changes[min(n_strips, max(0, int((part.box.right - left) / _STRIP_POINTS))) + 1] -= 1
    total, crossed = 0, []
    for change in changes[:n_strips]:
        total += change
        crossed.append(total)
    return crossed


def _are_columns(on_left: Sequence[Placed], on_right: Sequence[Placed]) -> bool:
    if len(on_left) < _MIN_LINES or len(on_right) < _MIN_LINES:
        return False
    widths = [_extent(on_left), _extent(on_right)]
    if min(widths) < _ALIKE * max(widths):
        return False
    for side, width in zip((on_left, on_right), widths, strict=True):
        if median(part.box.width for part in side) < _FILLED * width:
            return False
    top, bottom = max(map(_top, (on_left, on_right))), min(map(_bottom, (on_left, on_right)))
    heights = [_bottom(side) - _top(side) for side in (on_left, on_right)]
    return bottom - top >= 0.5 * min(heights)


def _extent(side: Sequence[Placed]) -> float:
    return max(part.box.right for part in side) - min(part.box.left for part in side)


def _top(side: Sequence[Placed]) -> float:
    return min(part.box.top for part in side)


def _bottom(side: Sequence[Placed]) -> float:
    return max(part.box.bottom for part in side)
