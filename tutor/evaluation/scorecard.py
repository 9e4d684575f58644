"""Everything that is scored of one set in one place: what reports print, baselines keep and clients read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from corpus.types import Document
from tutor.evaluation.citation_scores import CitationScores, score_citations
from tutor.evaluation.observation import Observation, ranked_items
from tutor.evaluation.question_set import GroupJudgements, QuestionSet
from tutor.evaluation.ranking_scores import RankingScores, group_success, mean_scores, score_rankings
from tutor.evaluation.refusal_scores import RefusalScores, score_refusal


@dataclass(frozen=True, slots=True)
class GroupScores:
    """Success by a coarser grain, such as the module; each in [0, 1]."""

    name: str
    n: int
    success_at_1: float
    success_at_5: float


@dataclass(frozen=True, slots=True)
class KindScores:
    """The questions of one kind that are in scope, or all of them together."""

    kind: str
    ranking: RankingScores
    groups: tuple[GroupScores, ...]
    false_refused: float


@dataclass(frozen=True, slots=True)
class RefusedKind:
    """The questions of one kind that are to be refused."""

    kind: str
    n: int
    refused: float


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from question to answer, warm, one question at a time."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The scores of one set."""

    set_name: str
    generation: str  # of the index that answered
    overall: KindScores | None  # None when no question is in scope
    by_kind: tuple[KindScores, ...]
    refused_by_kind: tuple[RefusedKind, ...]
    refusal: RefusalScores
    citations: CitationScores
    latency_ms: Latency


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A scorecard and what it was made from."""

    scorecard: Scorecard
    observations: tuple[Observation, ...]
    by_question: Mapping[str, RankingScores]  # questions in scope only


def evaluate_observations(
    question_set: QuestionSet,
    observations: Sequence[Observation],
    documents: Mapping[str, Document],
    *,
    threshold: float,
    generation: str,
) -> Evaluation:
    """Score what the tutor did with a set.

    Args:
        question_set: Where the questions come from.
        observations: One for each question asked; at least one.
        documents: The course's documents by id, to check quotes against.
        threshold: The confidence below which the tutor refuses.
        generation: Of the index that answered.
    """
    inside = [observed for observed in observations if observed.question.in_scope]
    outside = [observed for observed in observations if not observed.question.in_scope]
    rankings = {o.question.question_id: ranked_items(o.ranking, question_set.item_kind) for o in inside}
    by_question = score_rankings(rankings, {o.question.question_id: o.question.relevance for o in inside})
    latencies = [observed.latency_ms for observed in observations]
    scorecard = Scorecard(
        set_name=question_set.name,
        generation=generation,
        overall=_kind_scores("overall", inside, by_question, rankings, question_set.groups) if inside else None,
        by_kind=tuple(
            _kind_scores(kind, members, by_question, rankings, question_set.groups)
            for kind, members in _by_kind(inside).items()
        ),
        refused_by_kind=tuple(
            RefusedKind(kind, len(members), fmean(o.refused for o in members))
            for kind, members in _by_kind(outside).items()
        ),
        refusal=score_refusal(
            [(o.answer.confidence, o.refused) for o in inside],
            [(o.answer.confidence, o.refused) for o in outside],
            threshold=threshold,
        ),
        citations=score_citations(observations, question_set.item_kind, question_set.item_texts, documents),
        latency_ms=Latency(float(np.percentile(latencies, 50)), float(np.percentile(latencies, 95))),
    )
    return Evaluation(scorecard, tuple(observations), by_question)


def _by_kind(observations: Sequence[Observation]) -> dict[str, list[Observation]]:
    kinds: dict[str, list[Observation]] = {}
    for observed in sorted(observations, key=lambda o: o.question.kind):
        kinds.setdefault(observed.question.kind, []).append(observed)
    return kinds


def _kind_scores(
    kind: str,
    members: Sequence[Observation],
    by_question: Mapping[str, RankingScores],
    rankings: Mapping[str, Sequence[str]],
    groups: Sequence[GroupJudgements],
) -> KindScores:
    ids = [observed.question.question_id for observed in members]
    mean = mean_scores([by_question[question_id] for question_id in ids])
    if mean is None:
        raise ValueError(f"there is no question of kind {kind!r}")
    found = (_group_scores(group, ids, rankings) for group in groups)
    return KindScores(
        kind, mean, tuple(scores for scores in found if scores is not None), fmean(o.refused for o in members)
    )


def _group_scores(
    group: GroupJudgements, ids: Sequence[str], rankings: Mapping[str, Sequence[str]]
) -> GroupScores | None:
    judged = [question_id for question_id in ids if question_id in group.right]
    if not judged:
        return None
    first, top5 = (
        fmean(group_success(rankings[qid], group.group_of, group.right[qid], k=k) for qid in judged) for k in (1, 5)
    )
    return GroupScores(group.name, len(judged), first, top5)
