"""Questions, receipts, judgements and verified answers as the database keeps them, made in one line."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tutor.state.feedback import FeedbackRecord
from tutor.state.questions import Asked, CitedSpan, QuestionRecord
from tutor.state.verified import VerifiedRecord, VerifiedSpan, VerifiedStatement

MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def asked(answer_id: str, *, minute: int = 0, course_id: str = "stars", spans: int = 1, **changes: Any) -> Asked:
    """One question with its receipt, asked so many minutes into the morning."""
    fields: dict[str, Any] = {
        "person_id": "ada",
        "channel": "chat",
        "asked_at": MORNING + timedelta(minutes=minute),
        "question": "What is a nebula?",
        "query_used": "What is a nebula?",
        "intent": "define",
        "status": "answered",
        "confidence": 0.9,
        "generation": "g1",
        "topic": "nebula",
        "terms": ("nebula",),
        "about_document_id": "lesson",
        "about_path": ("Stars", "Key terms"),
        "verified_id": None,
        "total_ms": 12.5,
    }
    record = QuestionRecord(course_id=course_id, answer_id=answer_id, **fields | changes)
    cited = tuple(CitedSpan(marker, "lesson", f"c{marker}", ("Stars", "Key terms")) for marker in range(1, spans + 1))
    return Asked(record, cited, {"format": 1})


def judged(answer_id: str, person_id: str = "ada", verdict: str = "down", **changes: Any) -> FeedbackRecord:
    """One judgement."""
    fields: dict[str, Any] = {"course_id": "stars", "comment": "", "marker": None, "created_at": MORNING}
    return FeedbackRecord(answer_id=answer_id, person_id=person_id, verdict=verdict, **fields | changes)


def verified(verified_id: str = "v1", **changes: Any) -> VerifiedRecord:
    """One verified answer of one statement."""
    quote = "A nebula is a cloud of gas and dust in space."
    fields: dict[str, Any] = {
        "course_id": "stars",
        "question": "What is a nebula?",
        "question_key": "k1",
        "status": "answered",
        "statements": (
            VerifiedStatement(
                quote, "definition", "nebula", (VerifiedSpan("lesson", "c1", 10, 10 + len(quote), quote),)
            ),
        ),
        "state": "active",
        "last_check": None,
        "created_by": "bob",
        "created_at": MORNING,
        "updated_at": MORNING,
    }
    return VerifiedRecord(verified_id=verified_id, **fields | changes)
