"""Which figures of a benchmark are drawn, and where they go."""

from collections.abc import Sequence
from pathlib import Path

from tutor.evaluation.bench_growth import Growth
from tutor.evaluation.bench_serving import ServedBy
from tutor.evaluation.peers.comparison import Comparison
from tutor.evaluation.peers.report import WAYS
from tutor.evaluation.plots import Line, Panel, draw

GROWTH, SERVING, PEERS = "bench-growth.svg", "bench-serving.svg", "bench-peers.svg"


def draw_growth(growth: Growth, folder: Path) -> Path:
    """Asking, memory and opening against the size of the course."""
    sizes = [found.n_chunks for found in growth.sizes]
    asks = [found.ask_ms["total"] for found in growth.sizes]
    memory = [found.settled.pss_mb for found in growth.sizes]
    opening = [sum(step.seconds for step in found.steps if step.name in {"index", "tutor"}) for found in growth.sizes]
    chunks = "chunks in the course"
    panels = (
        Panel(
            "An ask",
            chunks,
            "milliseconds",
            [Line("median", sizes, [p50 for p50, _ in asks]), Line("95th percentile", sizes, [p95 for _, p95 in asks])],
            logarithmic=True,
        ),
        Panel("Memory of a process", chunks, "MB", [Line("PSS", sizes, memory)], logarithmic=True),
        Panel("Verifying and opening", chunks, "seconds", [Line("index", sizes, opening)], logarithmic=True),
    )
    draw(panels, folder / GROWTH)
    return folder / GROWTH


def draw_serving(served: Sequence[ServedBy], folder: Path) -> Path:
    """Throughput and waiting against how many ask at once."""
    panels = (
        Panel(
            "Throughput over HTTP",
            "askers at once",
            "answers a second",
            [
                Line(each.name, [load.askers for load in each.loads], [load.per_s for load in each.loads])
                for each in served
            ],
        ),
        Panel(
            "What an asker waits",
            "askers at once",
            "milliseconds, 95th percentile",
            [
                Line(each.name, [load.askers for load in each.loads], [load.p95_ms for load in each.loads])
                for each in served
            ],
        ),
    )
    draw(panels, folder / SERVING)
    return folder / SERVING


def draw_peers(comparison: Comparison, folder: Path) -> Path:
    """Queries a second and memory, a bar for each row."""
    rows = [(f"{row.system}: {WAYS[row.way].partition(':')[0]}, {row.runtime}", row) for row in comparison.rows]
    panels = (
        Panel("Eight clients", "queries a second", "", bars=[(name, row.per_s) for name, row in rows]),
        Panel(
            "One client", "milliseconds, median", "", bars=[(name, row.p50_ms) for name, row in rows], names_bars=False
        ),
        Panel("Serving", "MB resident", "", bars=[(name, row.rss_mb) for name, row in rows], names_bars=False),
    )
    draw(panels, folder / PEERS)
    return folder / PEERS
