"""The questions that went worst: where whoever wants to improve the tutor should look first."""

from collections.abc import Sequence

from tutor.evaluation.observation import Observation
from tutor.evaluation.scorecard import Evaluation


def worst_ranked(evaluation: Evaluation, limit: int) -> tuple[Observation, ...]:
    """Questions in scope whose right items rank lowest, by nDCG@10, then reciprocal rank; none that is perfect."""
    scores = evaluation.by_question
    judged = [o for o in evaluation.observations if o.question.in_scope and _ndcg(evaluation, o) < 1.0]
    judged.sort(key=lambda o: (_ndcg(evaluation, o), scores[o.question.question_id].mrr_at_10))
    return tuple(judged[:limit])


def wrongly_answered(observations: Sequence[Observation], limit: int) -> tuple[Observation, ...]:
    """Questions that should have been refused and were answered, the most confident first."""
    found = [o for o in observations if not o.question.in_scope and not o.refused]
    return tuple(sorted(found, key=lambda o: -o.answer.confidence)[:limit])


def wrongly_refused(observations: Sequence[Observation], limit: int) -> tuple[Observation, ...]:
    """Questions in scope that were refused, the least confident first."""
    found = [o for o in observations if o.question.in_scope and o.refused]
    return tuple(sorted(found, key=lambda o: o.answer.confidence)[:limit])


def _ndcg(evaluation: Evaluation, observed: Observation) -> float:
    return evaluation.by_question[observed.question.question_id].ndcg_at_10
