"""Wire types of what instructors see of answers and do about them: the log, receipts, feedback, verified answers.

Like ``tutor.schemas`` they import nothing else of ours, and fields are only ever added. What instructors change in a
course is in ``tutor.curation_schemas``, what they learn about it in ``tutor.insight_schemas``.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from tutor.schemas import Answer, CharOffset, Turn, Whole, Wire

MAX_COMMENT_CHARS = 2000
MAX_TEXT_CHARS = 5000  # of a note, a reason, a question: longer ones belong in a course file
MAX_STATEMENTS = 30

Moment = Annotated[datetime, Field(strict=False)]
Verdict = Literal["up", "down", "wrong_source", "missing"]


class FeedbackRequest(Wire):
    """What a learner thinks of an answer."""

    model_config = Wire.model_config | {
        "json_schema_extra": {"examples": [{"verdict": "wrong_source", "comment": "This is about CT.", "marker": 1}]}
    }

    verdict: Verdict = Field(description="up, down, wrong_source, or missing: it should be in the course.")
    comment: str = Field(default="", max_length=MAX_COMMENT_CHARS)
    marker: Whole | None = Field(default=None, ge=1, le=1000, description="Of the source that is wrong.")


class Feedback(Wire):
    """One person's judgement of one answer."""

    answer_id: str
    person: str = Field(description="A short pseudonym.")
    verdict: Verdict
    comment: str
    marker: int | None
    created_at: Moment
    resolved_at: Moment | None = Field(description="When an instructor had dealt with it.")


class Question(Wire):
    """One question of the log."""

    answer_id: str
    asked_at: Moment
    person: str = Field(description="A short pseudonym; empty when nobody is named.")
    channel: str
    question: str
    query_used: str
    intent: str
    status: Literal["answered", "partly", "not_in_course"]
    confidence: float
    generation: str
    topic: str
    n_citations: int
    verified_id: str | None
    feedback: list[Feedback]
    total_ms: float


class QuestionLog(Wire):
    """Whether questions are being kept."""

    state: Literal["on", "off", "failing"]
    detail: str = Field(description="Why, where it is failing; empty otherwise.")
    n_lost: int = Field(description="Records given up since the service started.")


class QuestionPage(Wire):
    """One page of a course's questions."""

    questions: list[Question]
    next_cursor: str | None = Field(description="Pass as cursor to read on; null on the last page.")
    log: QuestionLog


class Candidate(Wire):
    """One passage that was considered, and why it was shown or not."""

    chunk_id: str
    document_id: str
    document_title: str
    heading_path: list[str]
    kind: str
    text: str = Field(description="Empty when the course no longer has it.")
    rank: int
    score: float = Field(description="After fusion; it orders the candidates of one question.")
    signals: dict[str, float] = Field(description="What each retriever says: dense, sentence, lexical, glossary.")
    chosen: bool
    why: str
    hidden: bool


class Refusal(Wire):
    """Whether to answer, and what that was decided by."""

    probability: float
    threshold: float
    features: dict[str, float]


class Receipt(Wire):
    """How an answer came about."""

    answer: Answer
    asked_at: Moment
    channel: str
    query: str = Field(description="What was searched for; answer.query tells how it was read.")
    parts: list[str]
    unknown_words: list[str]
    history: list[Turn]
    generation: str
    embedder: str
    ranker: str
    refuser: str
    refusal: Refusal
    candidates: list[Candidate]
    stages_ms: dict[str, float]


class Replay(Wire):
    """An old question asked again on today's index."""

    then: Receipt
    now: Receipt
    same: bool = Field(description="Whether a learner would read the same.")
    differences: list[str]


class VerifiedSpan(Wire):
    """Where a verified statement stands."""

    document_id: str
    chunk_id: str
    char_start: CharOffset
    char_end: CharOffset
    quote: str


class VerifiedStatement(Wire):
    """One verified statement and every place that says it."""

    text: str
    kind: Literal["definition", "takeaway", "passage"]
    term: str | None
    spans: list[VerifiedSpan]


class LastCheck(Wire):
    """What the newest generation made of a verified answer."""

    generation: str
    outcome: Literal["same", "changed", "lost"]
    before: list[str]
    now: list[str]


class Verified(Wire):
    """An answer that an instructor has verified: whoever asks the question is given it, with a tick."""

    verified_id: str
    question: str
    status: Literal["answered", "not_in_course"]
    statements: list[VerifiedStatement]
    state: Literal["active", "changed", "retired"] = Field(
        description="changed: the course no longer says it word for word, so it is not given."
    )
    last_check: LastCheck | None
    created_at: Moment
    updated_at: Moment


class VerifiedPage(Wire):
    """One page of a course's verified answers, oldest first."""

    verified: list[Verified]
    next_cursor: str | None = Field(description="Pass as cursor to read on; null on the last page.")


class SpanChoice(Wire):
    """Sentences of the course, chosen by an instructor."""

    document_id: str = Field(max_length=500)
    char_start: Whole = Field(ge=0)
    char_end: Whole = Field(ge=0)


class VerifyRequest(Wire):
    """An answer to verify: one that was given, or spans of the course; a refusal has neither."""

    model_config = Wire.model_config | {
        "json_schema_extra": {
            "examples": [
                {"question": "What is radiomics?", "answer_id": "0f8fad5bd9cb469fa16570867728950e"},
                {
                    "question": "What is radiomics?",
                    "statements": [{"document_id": "course.md", "char_start": 120, "char_end": 194}],
                },
                {"question": "Who invented radiomics?", "status": "not_in_course"},
            ]
        }
    }

    question: str = Field(min_length=1, max_length=MAX_TEXT_CHARS)
    answer_id: str | None = Field(default=None, max_length=64, description="Take its statements and status.")
    statements: list[SpanChoice] | None = Field(default=None, max_length=MAX_STATEMENTS)
    status: Literal["answered", "not_in_course"] | None = None
