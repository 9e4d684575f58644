"""The questions that went worst, for people: what was asked, understood, retrieved and expected."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from index.types import ScoredChunk
from tutor.evaluation.observation import Observation, ranked_items
from tutor.evaluation.question_set import ItemKind
from tutor.evaluation.scorecard import Evaluation
from tutor.evaluation.worst import worst_ranked, wrongly_answered, wrongly_refused

_N_SHOWN = 3


def worst_report(evaluation: Evaluation, item_kind: ItemKind, limit: int) -> RenderableType:
    """At most ``limit`` questions of each sort: ranked worst, answered wrongly, refused wrongly."""
    observations = evaluation.observations
    sorts = (
        ("Ranked worst", worst_ranked(evaluation, limit)),
        ("Answered, though the course does not say it", wrongly_answered(observations, limit)),
        ("Refused, though the course says it", wrongly_refused(observations, limit)),
    )
    return Group(*(_sort(title, members, evaluation, item_kind) for title, members in sorts if members))


def _sort(title: str, members: Sequence[Observation], evaluation: Evaluation, item_kind: ItemKind) -> RenderableType:
    return Group(Text(f"\n{title}", style="bold"), *(_question(o, evaluation, item_kind) for o in members))


def _question(observed: Observation, evaluation: Evaluation, item_kind: ItemKind) -> RenderableType:
    question = observed.question
    score = evaluation.by_question.get(question.question_id)
    facts = f"{question.question_id}, {question.kind}, confidence {observed.answer.confidence:.2f}"
    if score is not None:
        facts += f", nDCG@10 {score.ndcg_at_10:.2f}"
    lines = [Text(question.text or "(empty)", style="cyan"), Text(f"  {facts}", style="dim")]
    if observed.answer.query.used.casefold() != question.text.casefold():
        lines.append(Text(f"  read as: {observed.answer.query.used or '(nothing to search for)'}"))
    shown = ranked_items(observed.ranking, item_kind)[:_N_SHOWN]
    for rank, item in enumerate(shown, start=1):
        mark = "✓" if item in question.relevance else " "
        excerpt = " ".join(_best_chunk(observed.ranking, item, item_kind).chunk.text.split())
        found = Text.assemble(f"  {rank} {mark} {item}", (f"  {excerpt}", "dim"), no_wrap=True, overflow="ellipsis")
        lines.append(found)
    if question.in_scope:
        ranking = ranked_items(observed.ranking, item_kind)
        gold = (f"{item} (rank {ranking.index(item) + 1 if item in ranking else 'none'})" for item in question.gold[:6])
        lines.append(Text(f"  gold: {', '.join(gold)}{' ...' if len(question.gold) > 6 else ''}"))
    return Padding(Group(*lines), (0, 0, 1, 2))


def _best_chunk(ranking: Sequence[ScoredChunk], item: str, item_kind: ItemKind) -> ScoredChunk:
    return next(scored for scored in ranking if ranked_items((scored,), item_kind) == (item,))
