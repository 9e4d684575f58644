"""Verified answers: made, read, changed and deleted by instructors."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlalchemy import Connection

from tutor import instructor_schemas as wire
from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk, Desk
from tutor.api.documented import error_responses
from tutor.api.instructor_wire import verified_on_wire
from tutor.api.json_only import JsonOnly
from tutor.api.paging import page_of
from tutor.api.reading import Cursor, Limit
from tutor.records.errors import AlreadyThere, UnknownRecord
from tutor.records.receipts import Receipt
from tutor.records.verified_answers import SpanChoice, make_verified
from tutor.state import audit, questions, verified
from tutor.state.verified import VerifiedRecord, VerifiedStatus

router = APIRouter(prefix="/api/v1/courses/{course}/verified", route_class=JsonOnly, tags=["instructors"])

VerifiedId = Annotated[str, Path(max_length=64, description="A verified answer's id.")]


@router.get("", operation_id="listVerified", summary="List the verified answers", responses=error_responses(404, 422))
def list_verified(course: CourseId, desk: AtDesk, limit: Limit = 50, cursor: Cursor = None) -> wire.VerifiedPage:
    """Every verified answer of the course, oldest first, with what the newest generation made of it."""
    desk.require("instruct", course)
    desk.course(course)
    with desk.backend.database.reading() as connection:
        records = verified.of_course(connection, course)
    page, next_cursor = page_of(records, key=lambda record: record.verified_id, cursor=cursor, limit=limit)
    return wire.VerifiedPage(verified=[verified_on_wire(record) for record in page], next_cursor=next_cursor)


@router.post(
    "",
    operation_id="verifyAnswer",
    summary="Verify an answer",
    status_code=201,
    responses=error_responses(404, 409, 415, 422),
)
def verify_answer(course: CourseId, body: wire.VerifyRequest, desk: AtDesk, response: Response) -> wire.Verified:
    """From now on, whoever asks this question is given this answer, with a tick.

    Its statements are those of ``answer_id``, or spans of the course; they are checked word for word now and whenever
    the answer is given. A question understood in the same way counts as the same; 409 when it has an answer already.
    """
    desk.require("instruct", course)
    record = _made(course, body, desk)
    with desk.backend.database.writing() as connection:
        _refuse_second(connection, record)
        verified.add(connection, record)
        audit.record(connection, course, desk.caller.actor, "answer.verify", record.verified_id)
    response.headers["location"] = f"/api/v1/courses/{course}/verified/{record.verified_id}"
    return verified_on_wire(record)


@router.get(
    "/{verified_id}", operation_id="readVerified", summary="Read a verified answer", responses=error_responses(404, 422)
)
def read_verified(course: CourseId, verified_id: VerifiedId, desk: AtDesk) -> wire.Verified:
    """One verified answer."""
    desk.require("instruct", course)
    with desk.backend.database.reading() as connection:
        return verified_on_wire(_found(connection, course, verified_id))


@router.put(
    "/{verified_id}",
    operation_id="changeVerified",
    summary="Change a verified answer",
    responses=error_responses(404, 409, 415, 422),
)
def change_verified(course: CourseId, verified_id: VerifiedId, body: wire.VerifyRequest, desk: AtDesk) -> wire.Verified:
    """Put another question or other statements in its place; it is active afterwards."""
    desk.require("instruct", course)
    made = _made(course, body, desk)
    with desk.backend.database.writing() as connection:
        before = _found(connection, course, verified_id)
        record = replace(
            made, verified_id=verified_id, created_by=before.created_by, created_at=before.created_at
        )  # fmt: skip
        _refuse_second(connection, record)
        verified.put(connection, record)
        audit.record(connection, course, desk.caller.actor, "answer.change", verified_id)
    return verified_on_wire(record)


@router.delete(
    "/{verified_id}",
    operation_id="deleteVerified",
    summary="Delete a verified answer",
    status_code=204,
    responses=error_responses(404, 422),
)
def delete_verified(course: CourseId, verified_id: VerifiedId, desk: AtDesk) -> None:
    """Whoever asks the question is given the tutor's own answer again."""
    desk.require("instruct", course)
    with desk.backend.database.writing() as connection:
        if not verified.remove(connection, course, verified_id):
            raise UnknownRecord("verified answer", verified_id)
        audit.record(connection, course, desk.caller.actor, "answer.unverify", verified_id)


def _made(course_id: str, body: wire.VerifyRequest, desk: Desk) -> VerifiedRecord:
    tutor = desk.tutor(course_id)
    status: VerifiedStatus = body.status or "answered"
    statements: Sequence[Sequence[SpanChoice]] = [
        [(choice.document_id, choice.char_start, choice.char_end)] for choice in body.statements or ()
    ]
    if body.answer_id is not None and not body.statements:
        answer = _kept(course_id, body.answer_id, desk).answer
        status = body.status or ("answered" if answer.statements else "not_in_course")
        cited = {c.marker: (c.document_id, c.char_start, c.char_end) for c in answer.citations}
        statements = [[cited[marker] for marker in s.citations] for s in answer.statements if status == "answered"]
    return make_verified(
        tutor,
        question=body.question,
        status=status,
        statements=statements,
        created_by=desk.caller.actor,
        at=datetime.now(UTC),
    )


def _kept(course_id: str, answer_id: str, desk: Desk) -> Receipt:
    desk.backend.asking.recorder.settle()
    with desk.backend.database.reading() as connection:
        kept = questions.receipt(connection, course_id, answer_id)
    if kept is None:
        raise UnknownRecord("answer", answer_id)
    return Receipt.of_json(kept)


def _found(connection: Connection, course_id: str, verified_id: str) -> VerifiedRecord:
    record = verified.find(connection, course_id, verified_id)
    if record is None:
        raise UnknownRecord("verified answer", verified_id)
    return record


def _refuse_second(connection: Connection, record: VerifiedRecord) -> None:
    other = verified.by_key(connection, record.course_id, record.question_key)
    if other is not None and other.verified_id != record.verified_id:
        raise AlreadyThere("the verified answer", other.verified_id)
