"""The receipt of an answer: everything it was made from, kept small enough to be kept for every question.

A chunk's words are not in it, only its id, which is a hash of them: they are looked up when somebody reads the receipt.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, Self

import numpy as np

from index.tree_ensemble import model_fingerprint
from index.types import ScoredChunk
from tutor import schemas
from tutor.api.wire import answer_on_wire
from tutor.records.reasons import HIDDEN, SHOWN, SHOWN_AS_BEST, reasons
from tutor.tutor import Tutor
from tutor.types import Consideration, Turn

Channel = Literal["chat", "api", "cli", "lti", "openai", "mcp"]

FORMAT = 1
_DIGITS = 5  # of scores: beyond them nobody tells two apart


class Candidate(NamedTuple):
    """One chunk that was considered, with the scores that put it where it stood; in this order it is kept."""

    chunk_id: str
    rank: int
    score: float
    dense: float
    sentence: float
    lexical: float
    glossary: float
    why: str

    @property
    def chosen(self) -> bool:
        """Whether the answer cites it."""
        return self.why in (SHOWN, SHOWN_AS_BEST)

    @property
    def hidden(self) -> bool:
        """Whether an instructor has hidden it, so that it only would have been considered."""
        return self.why == HIDDEN


@dataclass(frozen=True, slots=True)
class Receipt:
    """How an answer came about."""

    answer: schemas.Answer
    asked_at: datetime
    channel: Channel
    history: tuple[Turn, ...]
    parts: tuple[str, ...]  # self-contained queries of a multi-part question or comparison
    unknown_words: tuple[str, ...]
    embedder: str  # fingerprints: they change whenever the scores would
    ranker: str
    refuser: str
    probability: float
    threshold: float
    features: Mapping[str, float]
    candidates: tuple[Candidate, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON, for the database."""
        return {
            "format": FORMAT,
            "answer": self.answer.model_dump(mode="json"),
            "asked_at": self.asked_at.isoformat(),
            "channel": self.channel,
            "history": [[turn.role, turn.content] for turn in self.history],
            "parts": list(self.parts),
            "unknown_words": list(self.unknown_words),
            "models": [self.embedder, self.ranker, self.refuser],
            "refusal": [self.probability, self.threshold, dict(self.features)],
            "candidates": list(map(list, self.candidates)),
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read what ``as_json`` gave."""
        embedder, ranker, refuser = kept["models"]
        probability, threshold, features = kept["refusal"]
        return cls(
            answer=schemas.Answer.model_validate(kept["answer"], strict=False),
            asked_at=datetime.fromisoformat(kept["asked_at"]),
            channel=kept["channel"],
            history=tuple(Turn(role, content) for role, content in kept["history"]),
            parts=tuple(kept["parts"]),
            unknown_words=tuple(kept["unknown_words"]),
            embedder=embedder,
            ranker=ranker,
            refuser=refuser,
            probability=probability,
            threshold=threshold,
            features=features,
            candidates=tuple(Candidate(*row) for row in kept["candidates"]),
        )


def receipt_of(
    consideration: Consideration,
    tutor: Tutor,
    *,
    history: Sequence[Turn],
    asked_at: datetime,
    channel: Channel,
    hidden: Sequence[ScoredChunk] = (),
) -> Receipt:
    """Write the receipt of an answer.

    Args:
        consideration: The answer and what is behind it.
        tutor: Who gave it.
        history: The turns before the question.
        asked_at: When.
        channel: How the question came.
        hidden: Chunks that would have been candidates if an instructor had not hidden them.
    """
    query, decision = consideration.answer.query, consideration.decision
    why = reasons(consideration)
    return Receipt(
        answer=answer_on_wire(consideration.answer),
        asked_at=asked_at,
        channel=channel,
        history=tuple(history),
        parts=query.parts or query.compared,
        unknown_words=query.unknown_words,
        embedder=tutor.index.manifest.embedder,
        ranker=model_fingerprint("ranker"),
        refuser=model_fingerprint("refusal"),
        probability=round(decision.probability, _DIGITS),
        threshold=decision.threshold,
        features={name: round(value, _DIGITS) for name, value in decision.features.items()},
        candidates=(
            *_candidates(consideration.ranking, [why[item.chunk.chunk_id] for item in consideration.ranking]),
            *_candidates(hidden, [HIDDEN] * len(hidden)),
        ),
    )


def _candidates(ranking: Sequence[ScoredChunk], why: Sequence[str]) -> Iterator[Candidate]:
    """What is kept of each chunk of a ranking; all numbers are rounded in one go, as there are hundreds."""
    rounded = np.round([(item.score, *item.signals) for item in ranking], _DIGITS).tolist()
    for item, (score, dense, sentence, lexical, glossary), its in zip(ranking, rounded, why, strict=True):
        yield Candidate(item.chunk.chunk_id, item.rank, score, dense, sentence, lexical, glossary, its)
