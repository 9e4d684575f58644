"""What an operator sees of one question: a number, a line, a span; how it went, how long, never what was asked."""

import logging
from typing import Literal

from tutor.observing import traces
from tutor.observing.metrics import metrics
from tutor.types import Answer, AnswerStatus

logger = logging.getLogger(__name__)

Outcome = Literal["answered", "partly", "refused", "verified", "error"]

_OF_STATUS: dict[AnswerStatus, Outcome] = {"answered": "answered", "partly": "partly", "not_in_course": "refused"}


def outcome_of(answer: Answer) -> Outcome:
    """What became of the question."""
    return "verified" if answer.verified else _OF_STATUS[answer.status]


def note_answer(answer: Answer, course_id: str, channel: str, whole_s: float) -> None:
    """Note a question that got its answer.

    Args:
        answer: As given.
        course_id: Of the course.
        channel: The way the question came.
        whole_s: From the question to the answer with its suggestions.
    """
    outcome = outcome_of(answer)
    metrics().asked(outcome, channel, answer.timing_ms, whole_s)
    traces.trace_stages(answer.timing_ms, whole_s, {"course": course_id, "channel": channel, "outcome": outcome})
    fields = {
        "course": course_id,
        "channel": channel,
        "status": answer.status,
        "outcome": outcome,
        "generation": answer.generation,
        "answer_id": answer.answer_id,
        "stages_ms": dict(answer.timing_ms),
        "ms": round(whole_s * 1000, 1),
    }
    logger.info("ask", extra={"fields": fields})


def note_failure(error: Exception, course_id: str, channel: str, whole_s: float) -> None:
    """Note a question that could not be answered; the error's message stays out, for it may hold the question."""
    metrics().asked("error", channel, {}, whole_s)
    fields = {"course": course_id, "channel": channel, "status": "error", "error": type(error).__name__}
    logger.warning("ask", extra={"fields": {**fields, "ms": round(whole_s * 1000, 1)}})
