"""The vocabulary of the tutor: turns, queries, evidence, statements, citations, answers.

One ``Answer`` serves REST, server-sent events, the command line and the chat alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from corpus.types import ChunkKind
from index.types import ScoredChunk

AnswerStatus = Literal["answered", "partly", "not_in_course"]
Intent = Literal[
    "define", "compare", "list", "explain", "takeaways", "glossary", "small_talk", "advice", "injection", "empty"
]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation so far, oldest first."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of the question that was mended, shown to the learner."""

    written: str
    read_as: str


@dataclass(frozen=True, slots=True)
class Query:
    """What the retriever receives, and how it came from what was asked."""

    asked: str
    used: str
    intent: Intent
    corrections: tuple[Correction, ...] = ()
    terms: tuple[str, ...] = ()  # glossary terms the query names, as the course spells them
    parts: tuple[str, ...] = ()  # self-contained queries of a multi-part question; empty when there is one part
    compared: tuple[str, ...] = ()  # what a comparison sets side by side, as the query names it
    unknown_words: tuple[str, ...] = ()  # content words that the course never uses
    is_follow_up: bool = False  # whether earlier turns were needed to understand it
    subject: str = ""  # what is to be defined or summed up, where the wording tells; empty for the whole course
    document_id: str = ""  # the chapter it was asked from, cited first; empty for none


@dataclass(frozen=True, slots=True)
class Citation:
    """Where one statement stands in the course. ``document.text[char_start:char_end] == quote``, always."""

    marker: int  # from 1, by first use in the answer
    course_id: str
    document_id: str
    document_title: str
    heading_path: tuple[str, ...]
    page: int | None  # on which the quote begins, from 1; None where the document has no pages
    page_label: str  # as printed on it, or "Slide 3"; empty when unknown
    char_start: int
    char_end: int
    quote: str
    chunk_id: str
    url: str  # of the source with the span, relative to the service's root


@dataclass(frozen=True, slots=True)
class Statement:
    """Whole sentences of the course, verbatim, with the markers of the citations that hold them."""

    text: str
    kind: ChunkKind
    term: str | None
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NearestSection:
    """A section that lies near a question the course does not answer."""

    heading_path: tuple[str, ...]
    document_id: str
    char_start: int
    char_end: int


@dataclass(frozen=True, slots=True)
class VerifiedMark:
    """Tells that an instructor has verified this answer, and when."""

    verified_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What the course says, sentence by sentence, or that it does not say it.

    A ``not_in_course`` answer has no statement and no citation; every other statement has at least one citation.
    """

    answer_id: str
    status: AnswerStatus
    query: Query
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    nearest: tuple[NearestSection, ...]
    message: str  # what to say to the learner beside or instead of statements
    confidence: float  # probability that the course answers the question, 0 to 1
    generation: str
    timing_ms: Mapping[str, float] = field(default_factory=dict)  # understand, retrieve, decide, compose, cite, total
    verified: VerifiedMark | None = None  # where an instructor's answer stands in for the tutor's own
    suggestions: tuple[str, ...] = ()  # what to ask next, from what is near; the tutor can answer each


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to answer, and what that was decided by."""

    probability: float  # that the course answers the question
    threshold: float  # below which it is refused
    status: AnswerStatus
    features: Mapping[str, float] = field(default_factory=dict)  # empty where there was nothing to weigh


@dataclass(frozen=True, slots=True)
class Consideration:
    """Everything behind one answer: what evaluation scores and an instructor's receipt shows."""

    answer: Answer
    ranking: tuple[ScoredChunk, ...]  # the final ranking the answer was composed from, best first
    decision: Decision
    leads: frozenset[str] = frozenset()  # chunk ids that are shown whatever their score: the best of each part
    chosen: frozenset[str] = frozenset()  # chunk ids that the answer was composed from
