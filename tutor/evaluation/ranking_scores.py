"""How well right items are ranked, by ir-measures, the same code that TREC and BEIR results are scored with.

nDCG@10 has linear gain, as trec_eval computes it: a document of grade 2 is worth two of grade 1, not three.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from ir_measures import RR, Success, evaluator, nDCG

_NDCG, _FIRST, _TOP5, _MRR = nDCG @ 10, Success @ 1, Success @ 5, RR @ 10


@dataclass(frozen=True, slots=True)
class RankingScores:
    """Scores of one question's ranking, or their means over ``n`` questions; each in [0, 1]."""

    n: int
    ndcg_at_10: float
    success_at_1: float
    success_at_5: float
    mrr_at_10: float


def score_rankings(
    rankings: Mapping[str, Sequence[str]], relevance: Mapping[str, Mapping[str, int]]
) -> dict[str, RankingScores]:
    """Score each judged question's ranking; a question without a ranking scores 0.

    Args:
        rankings: Question id -> item ids, best first, each once.
        relevance: Question id -> item id -> grade; at least one grade above 0 for each question.

    Source: Järvelin and Kekäläinen, TOIS 2002 (nDCG); Voorhees, TREC-8, 1999 (reciprocal rank).
    """
    if not relevance:
        return {}
    qrels = {question_id: dict(grades) for question_id, grades in relevance.items()}
    run = {question_id: ordinal_scores(rankings.get(question_id, ())) for question_id in qrels}
    values: dict[str, dict[object, float]] = {question_id: {} for question_id in qrels}
    for metric in evaluator([_NDCG, _FIRST, _TOP5, _MRR], qrels).iter_calc(run):
        values[metric.query_id][metric.measure] = float(metric.value)
    return {
        question_id: RankingScores(1, found[_NDCG], found[_FIRST], found[_TOP5], found[_MRR])
        for question_id, found in values.items()
    }


def ordinal_scores(ranking: Sequence[str]) -> dict[str, float]:
    """Strictly falling scores for a ranking, n to 1: scorers re-sort by score and break ties in ways of their own."""
    return {item: float(len(ranking) - position) for position, item in enumerate(ranking)}


def mean_scores(scores: Sequence[RankingScores]) -> RankingScores | None:
    """The mean over questions, each weighing the same; ``None`` when there are none."""
    if not scores:
        return None
    return RankingScores(
        n=len(scores),
        ndcg_at_10=fmean(score.ndcg_at_10 for score in scores),
        success_at_1=fmean(score.success_at_1 for score in scores),
        success_at_5=fmean(score.success_at_5 for score in scores),
        mrr_at_10=fmean(score.mrr_at_10 for score in scores),
    )


def group_success(ranking: Sequence[str], group_of: Mapping[str, str], right: frozenset[str], *, k: int) -> bool:
    """Whether one of the first ``k`` items belongs to a right group."""
    return any(group_of.get(item) in right for item in ranking[:k])
