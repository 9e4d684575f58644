"""The comparison as tables. Nothing is measured here."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from tutor.evaluation.figures import Figures
from tutor.evaluation.peers.comparison import Comparison, Row
from tutor.evaluation.peers.systems import OURS

WAYS: Mapping[str, str] = MappingProxyType(
    {
        "search": "search",
        "ask": "whole ask: refusal, citations",
        "held-out": "search, ranker never fitted on the set",
        "vector": "vectors",
        "hybrid": "vectors and BM25",
        "faiss": "vectors in FAISS",
    }
)
_RUNTIMES = {"onnx": "ONNX Runtime", "torch": "torch"}

Better = Callable[[float, float], bool]


def speed_figures(comparison: Comparison) -> Figures:
    """Speed and memory, a row for each system, runtime and way."""
    columns = (
        f"{comparison.speed_set}, {comparison.n_passages[comparison.speed_set]} chunks",
        "index, chunks/s", "p50 ms", "p95 ms", "8 clients, queries/s", "serving, MB", "indexing, MB", "disk, MB",
        "load, s", "open, s",
    )  # fmt: skip
    return Figures(columns, [_speeds(row) for row in comparison.rows])


def ranking_figures(comparison: Comparison) -> Figures:
    """nDCG@10 by question set; runtimes share a row, for they give the same vectors."""
    sets = list(comparison.n_passages)
    rows = {
        (row.system, row.way): (f"{row.system}: {WAYS[row.way]}", *(f"{row.ndcg_at_10[name]:.3f}" for name in sets))
        for row in comparison.rows
    }
    if comparison.held_out:
        held_out = (f"{OURS}: {WAYS['held-out']}", *(f"{comparison.held_out[name]:.3f}" for name in sets))
        rows = {(OURS, "held-out"): held_out, **rows}
    return Figures(("nDCG@10", *(f"{name} ({comparison.n_questions[name]})" for name in sets)), list(rows.values()))


def behind(comparison: Comparison) -> tuple[str, ...]:
    """Every figure in which some row of another system is ahead of our search: a sentence each."""
    ours = next((row for row in comparison.rows if row.system == OURS and row.way == "search"), None)
    if ours is None:
        return ()
    others = [row for row in comparison.rows if row.system != OURS]
    said = [
        _compared(name, value, ours, others, less)
        for name, value, less in (
            ("indexing", lambda row: row.index_per_s, False),
            ("p50", lambda row: row.p50_ms, True),
            ("p95", lambda row: row.p95_ms, True),
            ("throughput", lambda row: row.per_s, False),
            ("memory while serving", lambda row: row.rss_mb, True),
            ("memory while indexing", lambda row: row.build_peak_mb, True),
            ("size on disk", lambda row: row.disk_mb, True),
            ("loading", lambda row: row.load_s, True),
            ("opening", lambda row: row.open_s, True),
        )
    ]
    said += [
        _compared(f"nDCG@10 on {name}", partial(_ndcg, name), ours, others, False) for name in comparison.n_passages
    ]
    return tuple(sentence for sentence in said if sentence)


def _ndcg(name: str, row: Row) -> float:
    return row.ndcg_at_10[name]


def _compared(name: str, value: Callable[[Row], float], ours: Row, others: list[Row], less: bool) -> str:
    ahead = [row for row in others if (value(row) < value(ours) if less else value(row) > value(ours))]
    if not ahead:
        return ""
    best = min(ahead, key=value) if less else max(ahead, key=value)
    return f"{name}: {value(ours):g}, behind {best.system}, {WAYS[best.way]}, {best.runtime} ({value(best):g})"


def _speeds(row: Row) -> tuple[str, ...]:
    return (
        f"{row.system}: {WAYS[row.way]}, {_RUNTIMES[row.runtime]}",
        f"{row.index_per_s:.0f}",
        f"{row.p50_ms:.1f}",
        f"{row.p95_ms:.1f}",
        f"{row.per_s:.0f}",
        f"{row.rss_mb:.0f}",
        f"{row.build_peak_mb:.0f}",
        f"{row.disk_mb:.1f}",
        f"{row.load_s:.1f}",
        f"{row.open_s:.2f}",
    )
