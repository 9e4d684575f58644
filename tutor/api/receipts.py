"""Receipts of answers, and the same question asked again today."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from tutor import instructor_schemas as wire
from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk, Desk
from tutor.api.documented import error_responses
from tutor.api.feedback import AnswerId
from tutor.api.instructor_wire import chunk_finder, receipt_on_wire
from tutor.records.errors import UnknownRecord
from tutor.records.receipts import Receipt
from tutor.records.replaying import differences, same_answer
from tutor.state import questions

router = APIRouter(prefix="/api/v1/courses/{course}/answers/{answer_id}", tags=["instructors"])


@router.get(
    "/receipt", operation_id="readReceipt", summary="How an answer came about", responses=error_responses(404, 422)
)
def read_receipt(course: CourseId, answer_id: AnswerId, desk: AtDesk) -> wire.Receipt:
    """The query, every candidate with its scores and why it was shown or not, and what the refusal was decided by."""
    desk.require("instruct", course)
    receipt = _kept(course, answer_id, desk)
    index = desk.tutor(course).index
    with desk.backend.database.reading() as connection:
        return receipt_on_wire(receipt, chunk_finder(connection, index))


@router.post(
    "/replay",
    operation_id="replayAnswer",
    summary="Ask again, today",
    responses=error_responses(404, 422),
)
async def replay_answer(course: CourseId, answer_id: AnswerId, desk: AtDesk) -> wire.Replay:
    """The same question and conversation on today's index, and what is different, in words. Nothing is recorded."""
    desk.require("instruct", course)

    def replay() -> wire.Replay:
        then = _kept(course, answer_id, desk)
        tutor = desk.tutor(course)
        now = desk.backend.asking.try_again(
            tutor, then.answer.query.asked, then.history, then.channel, document_id=then.answer.query.document_id
        )
        with desk.backend.database.reading() as connection:
            find = chunk_finder(connection, tutor.index)
            return wire.Replay(
                then=receipt_on_wire(then, find),
                now=receipt_on_wire(now, find),
                same=same_answer(then, now),
                differences=list(differences(then, now)),
            )

    return await desk.backend.workers.run(replay, desk.request, course)


def _kept(course_id: str, answer_id: str, desk: Desk) -> Receipt:
    desk.backend.asking.recorder.settle()
    with desk.backend.database.reading() as connection:
        kept: Mapping[str, Any] | None = questions.receipt(connection, course_id, answer_id)
    if kept is None:
        raise UnknownRecord("answer", answer_id)
    return Receipt.of_json(kept)
