"""The vocabulary of evaluation: questions, what is right for each, and the sets they come in.

What is right is said of *items*: documents of a BEIR corpus, or chunks of an indexed course. Nothing here knows how a
set is stored or scored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tutor.types import Turn

ItemKind = Literal["document", "chunk"]
Match = Literal["any", "all"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question and what is right for it: items that answer it, or a refusal.

    ``relevance`` grades items for ranking; ``gold`` and ``also_ok`` say what an answer should cite: one of them
    (``match`` any) or every gold item (all), for which an ``also_ok`` item with the same sentence may stand.
    """

    question_id: str
    text: str
    kind: str
    history: tuple[Turn, ...] = ()
    relevance: Mapping[str, int] = field(default_factory=dict)  # item id -> grade, > 0
    gold: tuple[str, ...] = ()
    also_ok: tuple[str, ...] = ()
    match: Match = "any"

    @property
    def in_scope(self) -> bool:
        """Whether the course answers it; otherwise it is to be refused."""
        return bool(self.relevance)

    @property
    def accepted(self) -> frozenset[str]:
        """The items a right answer may cite."""
        return frozenset((*self.gold, *self.also_ok))


@dataclass(frozen=True, slots=True)
class GroupJudgements:
    """Judgements of a coarser grain, such as the module that an exercise belongs to."""

    name: str  # "module"
    group_of: Mapping[str, str]  # item id -> group
    right: Mapping[str, frozenset[str]]  # question id -> groups


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions over one corpus."""

    name: str
    item_kind: ItemKind
    questions: tuple[Question, ...]
    item_texts: Mapping[str, str] = field(default_factory=dict)  # of gold and also_ok items
    groups: tuple[GroupJudgements, ...] = ()
    n_unjudged: int = 0  # questions left out: neither judged nor marked as to be refused


def spread(questions: tuple[Question, ...], limit: int | None) -> tuple[Question, ...]:
    """At most ``limit`` questions at even distances, so that a small sample still has every large kind."""
    if limit is None or limit >= len(questions):
        return questions
    return tuple(questions[number * len(questions) // limit] for number in range(limit))
