"""How well the tutor knows what the course does not answer, from its confidence and from what it refused."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

N_BINS = 10
FALSE_REFUSAL_BUDGET = 0.05


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions whose confidence lies in ``[low, high)``; the last bin includes 1."""

    low: float
    high: float
    n: int
    mean_confidence: float
    share_in_scope: float


@dataclass(frozen=True, slots=True)
class RefusalScores:
    """Refusal over one set; ``None`` where the set lacks questions of the needed sort. Shares are in [0, 1]."""

    n_in_scope: int
    n_refuse: int
    auroc: float | None
    threshold: float  # the one that ships: below it the tutor refuses
    refused: float | None  # of the questions to be refused: higher is better
    false_refused: float | None  # of the questions in scope: lower is better
    refused_at_5pct_false: float | None  # with the threshold that refuses at most 5 % of the questions in scope
    ece: float | None
    reliability: tuple[Bin, ...]


def score_refusal(
    in_scope: Sequence[tuple[float, bool]], to_refuse: Sequence[tuple[float, bool]], *, threshold: float
) -> RefusalScores:
    """Score (confidence, refused) pairs of questions in scope and of questions to be refused."""
    inside = [confidence for confidence, _ in in_scope]
    outside = [confidence for confidence, _ in to_refuse]
    both = bool(inside and outside)
    bins = calibration(inside, outside) if both else ()
    return RefusalScores(
        n_in_scope=len(inside),
        n_refuse=len(outside),
        auroc=auroc(inside, outside) if both else None,
        threshold=threshold,
        refused=_share([refused for _, refused in to_refuse]),
        false_refused=_share([refused for _, refused in in_scope]),
        refused_at_5pct_false=refused_at(inside, outside, FALSE_REFUSAL_BUDGET) if both else None,
        ece=expected_calibration_error(bins) if both else None,
        reliability=bins,
    )


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    """Probability that a question in scope gets more confidence than one to be refused; a tie counts half.

    Source: Hanley and McNeil, Radiology 1982: the area under the ROC curve is the Mann-Whitney statistic.
    """
    ranked = np.sort(np.asarray(outside, dtype=np.float64))
    values = np.asarray(inside, dtype=np.float64)
    below = np.searchsorted(ranked, values, side="left")
    not_above = np.searchsorted(ranked, values, side="right")
    return float((below + not_above).sum() / 2 / (len(values) * len(ranked)))


def refused_at(inside: Sequence[float], outside: Sequence[float], budget: float) -> float:
    """Share of ``outside`` below the highest threshold that has at most the share ``budget`` of ``inside`` below it."""
    allowed = math.floor(budget * len(inside) + 1e-9)
    threshold = sorted(inside)[allowed]
    return sum(confidence < threshold for confidence in outside) / len(outside)


def calibration(inside: Sequence[float], outside: Sequence[float]) -> tuple[Bin, ...]:
    """The reliability table: confidence against the share really in scope, in ten bins of equal width; no empty bin."""
    confidence = np.asarray([*inside, *outside], dtype=np.float64)
    answerable = np.asarray([1.0] * len(inside) + [0.0] * len(outside))
    number = np.minimum((confidence * N_BINS).astype(int), N_BINS - 1)
    return tuple(
        Bin(
            low=i / N_BINS,
            high=(i + 1) / N_BINS,
            n=int((number == i).sum()),
            mean_confidence=float(confidence[number == i].mean()),
            share_in_scope=float(answerable[number == i].mean()),
        )
        for i in range(N_BINS)
        if (number == i).any()
    )


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Mean distance between confidence and truth over the bins, weighted by their questions; 0 is perfect.

    It depends on the set's own share of questions to be refused: compare within one set only.

    Source: Naeini, Cooper and Hauskrecht, AAAI 2015.
    """
    total = sum(b.n for b in bins)
    return sum(b.n * abs(b.mean_confidence - b.share_in_scope) for b in bins) / total


def _share(flags: Sequence[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None
