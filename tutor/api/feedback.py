"""What learners say of the answers they got. Only of their own: another's answer looks like none."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import Connection

from tutor import instructor_schemas as wire
from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk, Desk
from tutor.api.documented import error_responses
from tutor.api.instructor_wire import feedback_on_wire
from tutor.api.json_only import JsonOnly
from tutor.records.errors import UnknownRecord
from tutor.state import audit, feedback, questions, webhooks

_FLAGS = frozenset({"down", "wrong_source"})  # verdicts that somebody should look at soon

router = APIRouter(prefix="/api/v1/courses/{course}/answers/{answer_id}", route_class=JsonOnly)

AnswerId = Annotated[
    str, Path(max_length=64, description="An answer's id.", examples=["0f8fad5bd9cb469fa16570867728950e"])
]


@router.post(
    "/feedback",
    operation_id="judgeAnswer",
    tags=["asking"],
    summary="Judge an answer",
    responses=error_responses(404, 415, 422),
)
def judge_answer(course: CourseId, answer_id: AnswerId, body: wire.FeedbackRequest, desk: AtDesk) -> wire.Feedback:
    """Tell the instructor what is wrong with an answer, or that it is good; the last judgement of a person counts."""
    desk.require("ask", course)
    record = feedback.FeedbackRecord(
        course, answer_id, desk.caller.record_id, body.verdict, body.comment, body.marker, datetime.now(UTC)
    )
    desk.backend.asking.recorder.settle()  # the answer may have been given a moment ago
    with desk.backend.database.writing() as connection:
        _require_own(connection, course, answer_id, desk)
        feedback.put(connection, record)
        told = {"answer_id": answer_id, "verdict": body.verdict}
        webhooks.enqueue(connection, course, "feedback.created", told)
        if body.verdict in _FLAGS:
            webhooks.enqueue(connection, course, "answer.flagged", told)
    return feedback_on_wire(record)


@router.delete(
    "/feedback",
    operation_id="takeJudgementBack",
    tags=["asking"],
    summary="Take a judgement back",
    status_code=204,
    responses=error_responses(404, 422),
)
def take_judgement_back(course: CourseId, answer_id: AnswerId, desk: AtDesk) -> None:
    """Forget what the caller said of an answer of theirs; fine if nothing was said."""
    desk.require("ask", course)
    with desk.backend.database.writing() as connection:
        _require_own(connection, course, answer_id, desk)
        feedback.take_back(connection, course, answer_id, desk.caller.record_id)


@router.post(
    "/resolve",
    operation_id="resolveFeedback",
    tags=["instructors"],
    summary="Mark an answer's feedback as dealt with",
    status_code=204,
    responses=error_responses(404, 422),
)
def resolve_feedback(course: CourseId, answer_id: AnswerId, desk: AtDesk) -> None:
    """The judgements of this answer no longer count as open."""
    desk.require("instruct", course)
    with desk.backend.database.writing() as connection:
        if questions.find(connection, course, answer_id) is None:
            raise UnknownRecord("answer", answer_id)
        n_resolved = feedback.resolve(connection, course, answer_id, datetime.now(UTC))
        audit.record(connection, course, desk.caller.actor, "feedback.resolve", answer_id, {"n": n_resolved})


def _require_own(connection: Connection, course_id: str, answer_id: str, desk: Desk) -> None:
    found = questions.find(connection, course_id, answer_id)
    if found is None or not desk.caller.record_id or found.person_id != desk.caller.record_id:
        raise UnknownRecord("answer", answer_id)
