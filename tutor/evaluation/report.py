"""Scores as tables for people. Nothing is computed here."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tutor.evaluation.baseline import Change
from tutor.evaluation.refusal_scores import Bin
from tutor.evaluation.scorecard import KindScores, Scorecard

NOTHING = "–"
_BAR_WIDTH = 20


def scorecard_report(scorecard: Scorecard) -> RenderableType:
    """Ranking by kind, refusal, calibration, citations and latency of one set."""
    parts: list[RenderableType] = [Text(f"{scorecard.set_name}, generation {scorecard.generation}", style="bold")]
    if scorecard.overall is not None:
        parts += [Text(), _ranking_table(scorecard.by_kind, scorecard.overall)]
    parts += [Text(), _refusal_table(scorecard)]
    if scorecard.refusal.reliability:
        parts += [Text(), _reliability_table(scorecard.refusal.reliability)]
    return Group(*parts, Text(), _citations_and_latency(scorecard))


def changes_report(changes: Sequence[Change], tolerance: float) -> RenderableType:
    """Every score that moved, and whether it fell too far."""
    moved = [change for change in changes if round(change.gain, 4)]
    if not moved:
        return Text(f"All {len(changes)} scores are as they were.")
    table = _table("Compared with the baseline", "before", "now", "change", "")
    for change in moved:
        worse = change.is_worse(tolerance)
        table.add_row(
            " › ".join(change.path),
            f"{change.before:.3f}",
            f"{change.after:.3f}",
            Text(f"{change.after - change.before:+.3f}", style="green" if change.gain > 0 else "red"),
            Text("worse", style="bold red") if worse else "",
        )
    return table


def share(value: float | None) -> str:
    """A share in [0, 1] with three places, without the leading zero's company of noise."""
    return NOTHING if value is None else f"{value:.3f}"


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")
    return table


def _ranking_table(kinds: Sequence[KindScores], overall: KindScores) -> Table:
    names = [group.name for group in overall.groups]
    coarser = [f"{name} success@{k}" for name in names for k in (1, 5)]
    table = _table("In scope", "n", "nDCG@10", "success@1", "success@5", "MRR@10", *coarser, "refused")
    for scores in (*kinds, overall):
        groups = {group.name: group for group in scores.groups}
        values = [scores.ranking.ndcg_at_10, scores.ranking.success_at_1, scores.ranking.success_at_5]
        cells = [share(value) for value in (*values, scores.ranking.mrr_at_10)]
        for name in names:
            group = groups.get(name)
            cells += [share(group.success_at_1), share(group.success_at_5)] if group else [NOTHING, NOTHING]
        style = "bold" if scores is overall else ""
        table.add_row(scores.kind, str(scores.ranking.n), *cells, share(scores.false_refused), style=style)
    return table


def _refusal_table(scorecard: Scorecard) -> Table:
    refusal = scorecard.refusal
    table = _table("To be refused", "n", "refused")
    for kind in scorecard.refused_by_kind:
        table.add_row(kind.kind, str(kind.n), share(kind.refused))
    table.add_row("overall", str(refusal.n_refuse), share(refusal.refused), style="bold")
    table.add_section()
    table.add_row("AUROC", "", share(refusal.auroc))
    table.add_row(f"refused wrongly at threshold {refusal.threshold:.3f}", "", share(refusal.false_refused))
    table.add_row("refused at 5 % false refusals", "", share(refusal.refused_at_5pct_false))
    table.add_row("expected calibration error", "", share(refusal.ece))
    return table


def _reliability_table(bins: Sequence[Bin]) -> Table:
    table = _table("Confidence", "n", "mean", "in scope")
    table.add_column("")
    for found in bins:
        filled = round(found.share_in_scope * _BAR_WIDTH)
        table.add_row(
            f"{found.low:.1f} to {found.high:.1f}",
            str(found.n),
            share(found.mean_confidence),
            share(found.share_in_scope),
            "█" * filled + "░" * (_BAR_WIDTH - filled),
        )
    return table


def _citations_and_latency(scorecard: Scorecard) -> Table:
    citations, latency = scorecard.citations, scorecard.latency_ms
    table = _table("Citations and speed", "n", "")
    table.add_row("citation recall", str(scorecard.refusal.n_in_scope), share(citations.recall))
    table.add_row("citation precision", str(citations.n_cited), share(citations.precision))
    table.add_row("statements verbatim in their cited span", str(citations.n_statements), share(citations.verbatim))
    table.add_row("latency p50", "", f"{latency.p50:.1f} ms")
    table.add_row("latency p95", "", f"{latency.p95:.1f} ms")
    return table
