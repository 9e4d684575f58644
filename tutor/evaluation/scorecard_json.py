"""A scorecard as JSON: the form that clients read, ``--save`` keeps and ``--against`` compares with."""

from typing import TypeAlias

from tutor.evaluation.citation_scores import CitationScores
from tutor.evaluation.ranking_scores import RankingScores
from tutor.evaluation.refusal_scores import RefusalScores
from tutor.evaluation.scorecard import KindScores, Scorecard

JsonValue: TypeAlias = "str | int | float | list[JsonValue] | dict[str, JsonValue] | None"
JsonObject: TypeAlias = dict[str, JsonValue]

_RANKING = {
    "ndcg@10": "ndcg_at_10",
    "success@1": "success_at_1",
    "success@5": "success_at_5",
    "mrr@10": "mrr_at_10",
}


def scorecard_json(scorecard: Scorecard) -> JsonObject:
    """The scorecard with shares to four places and milliseconds to two; ``null`` where a set has no such part."""
    return {
        "set": scorecard.set_name,
        "generation": scorecard.generation,
        "overall": _kind(scorecard.overall) if scorecard.overall is not None else None,
        "by_kind": {scores.kind: _kind(scores) for scores in scorecard.by_kind},
        "refusal": _refusal(scorecard.refusal)
        | {
            "by_kind": {kind.kind: {"n": kind.n, "refused": _share(kind.refused)} for kind in scorecard.refused_by_kind}
        },
        "citations": _citations(scorecard.citations),
        "latency_ms": {"p50": round(scorecard.latency_ms.p50, 2), "p95": round(scorecard.latency_ms.p95, 2)},
    }


def _kind(scores: KindScores) -> JsonObject:
    found: JsonObject = {"n": scores.ranking.n}
    found |= {name: _share(_value(scores.ranking, field)) for name, field in _RANKING.items()}
    for group in scores.groups:
        found[f"{group.name}_success@1"] = _share(group.success_at_1)
        found[f"{group.name}_success@5"] = _share(group.success_at_5)
    found["false_refused"] = _share(scores.false_refused)
    return found


def _value(scores: RankingScores, field: str) -> float:
    return float(getattr(scores, field))


def _refusal(scores: RefusalScores) -> JsonObject:
    return {
        "n_in_scope": scores.n_in_scope,
        "n_refuse": scores.n_refuse,
        "auroc": _share(scores.auroc),
        "threshold": _share(scores.threshold),
        "refused": _share(scores.refused),
        "false_refused": _share(scores.false_refused),
        "refused_at_5pct_false": _share(scores.refused_at_5pct_false),
        "ece": _share(scores.ece),
        "reliability": [
            {
                "low": found.low,
                "high": found.high,
                "n": found.n,
                "mean_confidence": _share(found.mean_confidence),
                "share_in_scope": _share(found.share_in_scope),
            }
            for found in scores.reliability
        ],
    }


def _citations(scores: CitationScores) -> JsonObject:
    return {
        "recall": _share(scores.recall),
        "precision": _share(scores.precision),
        "verbatim": _share(scores.verbatim),
        "n_cited": scores.n_cited,
        "n_statements": scores.n_statements,
    }


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
