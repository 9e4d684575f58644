"""The one door to matplotlib: figures of a benchmark as SVG or PNG, on a card of their own colour.

The card is light whatever the page around it is, so that a plot reads the same on a dark page. Matplotlib comes with
the ``bench`` extra and is imported when something is drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.evaluation.errors import EvaluationError

_CARD, _INK, _FAINT = "#fbfaf7", "#22272e", "#c9c9c4"
_COLOURS = ("#0b6e99", "#c2571a", "#4d7c2a", "#8a3f8f")  # apart in grey and to colour-blind eyes, too


class NoPlots(EvaluationError):
    """Matplotlib is not installed."""

    def __init__(self) -> None:
        super().__init__("plots need matplotlib: pip install 'course-tutor[bench]'")


@dataclass(frozen=True, slots=True)
class Line:
    """One measured thing over another."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes."""

    title: str
    x_label: str
    y_label: str  # with the unit
    lines: Sequence[Line] = ()
    bars: Sequence[tuple[str, float]] = ()  # instead of lines: a name and a value each, from above
    logarithmic: bool = False
    names_bars: bool = True  # False beside a panel that names the same ones


def draw(panels: Sequence[Panel], path: Path) -> None:
    """Draw panels side by side into a file; its ending says in which format.

    Raises:
        NoPlots: Matplotlib is not installed.
    """
    try:
        import matplotlib as mpl  # noqa: PLC0415  (the extra may not be installed)
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError as error:
        raise NoPlots from error
    with mpl.rc_context({"font.size": 10, "svg.hashsalt": "course-tutor", "svg.fonttype": "path"}):
        tallest = max((len(panel.bars) for panel in panels), default=0)
        figure = Figure(
            figsize=(4.6 * len(panels), max(3.4, 0.8 + 0.27 * tallest)), facecolor=_CARD, layout="constrained"
        )
        axes = figure.subplots(1, len(panels), squeeze=False)[0]
        for panel, axis in zip(panels, axes, strict=True):
            _draw(panel, axis)
        metadata = {"Date": None} if path.suffix == ".svg" else None  # the same figures, the same file
        figure.savefig(path, dpi=160, metadata=metadata)


def _draw(panel: Panel, axis: Any) -> None:  # noqa: ANN401  (matplotlib may not be installed)
    axis.set_facecolor(_CARD)
    axis.set_title(panel.title, color=_INK, fontsize=11, loc="left")
    axis.set_xlabel(panel.x_label, color=_INK)
    axis.set_ylabel(panel.y_label, color=_INK)
    axis.tick_params(colors=_INK, which="both")
    for side, spine in axis.spines.items():
        spine.set_visible(side in {"left", "bottom"})
        spine.set_color(_INK)
    if panel.bars:
        _draw_bars(panel, axis)
        return
    axis.grid(color=_FAINT, linewidth=0.6)
    for number, line in enumerate(panel.lines):
        colour, marker = _COLOURS[number % len(_COLOURS)], "osD^"[number % 4]
        axis.plot(line.x, line.y, color=colour, marker=marker, markersize=5, linewidth=1.8, label=line.name)
    if panel.logarithmic:
        measured = sorted({x for line in panel.lines for x in line.x})
        axis.set_xscale("log")
        axis.set_xticks(measured, [f"{x:,}" for x in measured])
        axis.minorticks_off()
    axis.set_ylim(bottom=0)
    if len(panel.lines) > 1:
        axis.legend(frameon=False, labelcolor=_INK)


def _draw_bars(panel: Panel, axis: Any) -> None:  # noqa: ANN401  (as above)
    names, values = [name for name, _ in panel.bars], [value for _, value in panel.bars]
    colours = [_COLOURS[1] if name.startswith("course-tutor") else _COLOURS[0] for name in names]
    drawn = axis.barh(range(len(names)), values, color=colours, height=0.7)
    axis.set_yticks(range(len(names)), names if panel.names_bars else [""] * len(names))
    axis.invert_yaxis()
    axis.bar_label(drawn, fmt="%.3g", padding=3, color=_INK, fontsize=9)
    axis.margins(x=0.15)
