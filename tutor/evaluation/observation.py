"""Sends every question the same way as ask does and keeps what came back; nothing here judges it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from index.types import ScoredChunk
from tutor.evaluation.question_set import ItemKind, Question
from tutor.types import Answer, Consideration, Turn

N_WARM_UP = 3  # first calls pay for lazily loaded code; they are asked again and only then timed


class Considers(Protocol):
    """A tutor, as evaluation sees one."""

    def consider(self, question: str, history: Sequence[Turn] = ()) -> Consideration:
        """Answer, and keep the ranking behind the answer."""
        ...


@dataclass(frozen=True, slots=True)
class Observation:
    """What the tutor did with one question."""

    question: Question
    answer: Answer
    ranking: tuple[ScoredChunk, ...]
    latency_ms: float

    @property
    def refused(self) -> bool:
        """Whether nothing was answered; an answer to a part of the question is not a refusal."""
        return self.answer.status == "not_in_course"


def observe(
    tutor: Considers, questions: Sequence[Question], *, progress: Callable[[int, int], None] | None = None
) -> tuple[Observation, ...]:
    """Ask every question, in order; ``progress`` is told (done, total) after each."""
    for question in questions[:N_WARM_UP]:
        tutor.consider(question.text, question.history)
    observations = []
    for done, question in enumerate(questions, start=1):
        start = time.perf_counter()
        consideration = tutor.consider(question.text, question.history)
        latency_ms = (time.perf_counter() - start) * 1000
        observations.append(Observation(question, consideration.answer, consideration.ranking, latency_ms))
        if progress is not None:
            progress(done, len(questions))
    return tuple(observations)


def ranked_items(ranking: Sequence[ScoredChunk], item_kind: ItemKind) -> tuple[str, ...]:
    """The items of a ranking, best first, each once: a document stands where its best chunk stands."""
    if item_kind == "chunk":
        return tuple(dict.fromkeys(scored.chunk.chunk_id for scored in ranking))
    return tuple(dict.fromkeys(scored.chunk.document_id for scored in ranking))


def cited_items(answer: Answer, item_kind: ItemKind) -> dict[str, str]:
    """The chunks an answer cites and the item each belongs to, in order of first citation."""
    if item_kind == "chunk":
        return {citation.chunk_id: citation.chunk_id for citation in answer.citations}
    return {citation.chunk_id: citation.document_id for citation in answer.citations}
