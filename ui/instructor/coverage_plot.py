"""Coverage as a heat map over the course outline, as a figure that Gradio's plot draws.

A row is a chapter, its squares are the chapter's sections in reading order, the colour is how often students were led
there. The figure is plain plotly JSON: the library that draws it comes with Gradio and runs in the browser.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

from gradio.components.plot import PlotData

from tutor.insight_schemas import SectionUse

_ROW_PX = 34
_LABEL_CHARS = 34  # of a chapter's name; the rest is in the hover text
_NARROW_LABEL_CHARS = 16
_MAX_ROWS = 60  # chapters; a course with more is shown by its table
# From paper to the accent colour, as in assets/css/tokens.css; each step is told from its neighbours in greyscale too.
_LIGHT = ((0.0, "#efede6"), (0.001, "#d3e5ee"), (0.5, "#5d9dbd"), (1.0, "#123f56"))
_DARK = ((0.0, "#262c36"), (0.001, "#274a5c"), (0.5, "#4d93b5"), (1.0, "#c4e8f8"))


@dataclass(frozen=True, slots=True)
class Look:
    """How the page that shows the figure looks."""

    dark: bool = False
    narrow: bool = False


@dataclass(frozen=True, slots=True)
class _Square:
    name: str
    n_asked: int
    n_cited: int

    @property
    def heat(self) -> int:
        return self.n_asked + self.n_cited


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    squares: list[_Square]


def coverage_plot(sections: Sequence[SectionUse], look: Look) -> PlotData:
    """Draw the heat map."""
    rows = _rows(sections)[:_MAX_ROWS]
    width = max((len(row.squares) for row in rows), default=1)
    label_chars = _NARROW_LABEL_CHARS if look.narrow else _LABEL_CHARS
    figure = {
        "data": [
            {
                "type": "heatmap",
                "z": [_padded([square.heat for square in row.squares], width) for row in rows],
                "text": [_padded([_shown(square) for square in row.squares], width, "") for row in rows],
                "customdata": [_padded([_hover(row, square) for square in row.squares], width) for row in rows],
                "x": list(range(1, width + 1)),
                # Two chapters may have the same short name; the zero-width spaces keep their rows apart.
                "y": [_short(row.name, label_chars) + "\u200b" * number for number, row in enumerate(rows)],
                "colorscale": [list(step) for step in (_DARK if look.dark else _LIGHT)],
                "zmin": 0,
                "zmax": max((square.heat for row in rows for square in row.squares), default=0) or 1,
                "xgap": 3,
                "ygap": 3,
                "hovertemplate": "%{customdata}<extra></extra>",
                "texttemplate": "" if look.narrow else "%{text}",
                "hoverongaps": False,
                "showscale": not look.narrow,
                "colorbar": {"title": {"text": "asked + cited", "side": "right"}, "thickness": 10, "outlinewidth": 0},
            }
        ],
        "layout": _layout(len(rows), look),
        "config": {"displayModeBar": False, "responsive": True},
    }
    return PlotData(type="plotly", plot=json.dumps(figure))


def _layout(n_rows: int, look: Look) -> dict[str, object]:
    ink = "#e9ebee" if look.dark else "#1d232b"
    axis = {"showgrid": False, "zeroline": False, "fixedrange": True, "automargin": True}
    return {
        "height": n_rows * _ROW_PX + 90,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 44},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, sans-serif", "size": 12 if look.narrow else 13, "color": ink},
        "xaxis": {**axis, "title": {"text": "Sections in reading order"}, "dtick": 1 if not look.narrow else 5},
        "yaxis": {**axis, "autorange": "reversed", "ticksuffix": "  "},
        "hoverlabel": {"align": "left"},
        "dragmode": False,
    }


def _rows(sections: Sequence[SectionUse]) -> list[_Row]:
    """The chapters: the documents, or the top headings where the course is one document."""
    documents = [
        (title, list(group))
        for (_, title), group in groupby(sections, key=lambda section: (section.document_id, section.document_title))
    ]
    if len(documents) == 1:
        title, listed = documents[0]
        listed = list(_below_lone_root(listed))
        depth = _first_fork(listed)
        grouped = groupby(listed, key=lambda section: _chapter(section, depth) or title)
        return [_Row(name, [_square(section) for section in group]) for name, group in grouped]
    return [_Row(title, [_square(section) for section in group]) for title, group in documents]


def _below_lone_root(sections: Sequence[SectionUse]) -> Sequence[SectionUse]:
    """Without a title that holds all other sections: its counts are theirs together."""
    first, *others = sections
    path = first.heading_path
    holds_all = bool(others) and all(other.heading_path[: len(path)] == path for other in others)
    return others if holds_all else sections


def _first_fork(sections: Sequence[SectionUse]) -> int:
    """The place in the heading paths where they first differ: below what all of them share."""
    paths = [section.heading_path for section in sections]
    shared = sum(1 for _ in takewhile(lambda names: len(set(names)) == 1, zip(*paths, strict=False)))
    return max(0, min(shared, *(len(path) - 1 for path in paths)))


def _chapter(section: SectionUse, depth: int) -> str:
    path = section.heading_path
    return path[min(depth, len(path) - 1)] if path else ""


def _square(section: SectionUse) -> _Square:
    name = section.heading_path[-1] if section.heading_path else section.document_title
    return _Square(name, section.n_asked, section.n_cited)


def _padded(values: Sequence[object], width: int, filler: object = None) -> list[object]:
    return [*values, *[filler] * (width - len(values))]


def _shown(square: _Square) -> str:
    return str(square.heat) if square.heat else ""


def _hover(row: _Row, square: _Square) -> str:
    return f"<b>{_plain(square.name)}</b><br>{_plain(row.name)}<br>asked about {square.n_asked}, cited {square.n_cited}"


def _short(name: str, chars: int) -> str:
    return _plain(name if len(name) <= chars else f"{name[: chars - 1].rstrip()}…")


def _plain(name: str) -> str:
    """Plotly reads a few tags and entities in its texts; a heading has none."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
