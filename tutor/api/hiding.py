"""Hidden passages: what no answer may use from the next question on."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path

from tutor import curation_schemas as wire
from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk
from tutor.api.documented import error_responses
from tutor.api.json_only import JsonOnly
from tutor.records.errors import UnknownRecord
from tutor.records.hiding import holding
from tutor.state import audit, curation
from tutor.state.curation import HiddenPassage

router = APIRouter(prefix="/api/v1/courses/{course}", route_class=JsonOnly, tags=["instructors"])

RecordId = Annotated[str, Path(max_length=64)]


@router.get(
    "/hidden", operation_id="listHidden", summary="List the hidden passages", responses=error_responses(404, 422)
)
def list_hidden(course: CourseId, desk: AtDesk) -> wire.HiddenList:
    """The passages that no answer may use."""
    desk.require("instruct", course)
    desk.course(course)
    with desk.backend.database.reading() as connection:
        return wire.HiddenList(hidden=[_hidden_on_wire(one) for one in curation.hidden(connection, course)])


@router.post(
    "/hidden",
    operation_id="hidePassage",
    summary="Hide a passage",
    status_code=201,
    responses=error_responses(404, 415, 422),
)
def hide_passage(course: CourseId, body: wire.HideRequest, desk: AtDesk) -> wire.HiddenList:
    """From the next question on no answer uses it, nor any other passage with the same words, after a re-index too.

    It stays in its document. The reply lists every passage that is now hidden for its words.
    """
    desk.require("instruct", course)
    index = desk.tutor(course).index
    chunk = index.find_chunk(body.chunk_id)
    words = _known(desk, course).get(body.chunk_id) or (chunk.text if chunk else None)
    if words is None:
        raise UnknownRecord("passage", body.chunk_id)
    found = holding(words, index)
    desk.backend.library.prepare(course, lambda mask: mask.hiding(chunk_ids=[one.chunk_id for one in found]))
    with desk.backend.database.writing() as connection:
        passages = [
            HiddenPassage(
                course, one.chunk_id, one.document_id, words, body.reason, desk.caller.actor, datetime.now(UTC)
            )
            for one in found
        ] + [replace(one, reason=body.reason) for one in curation.hidden(connection, course) if one.text == words]
        for passage in passages:
            curation.hide(connection, passage)
        audit.record(connection, course, desk.caller.actor, "passage.hide", body.chunk_id, {"n": len(passages)})
    return wire.HiddenList(hidden=[_hidden_on_wire(one) for one in passages])


@router.delete(
    "/hidden/{chunk_id}",
    operation_id="showPassage",
    summary="Show a hidden passage again",
    status_code=204,
    responses=error_responses(404, 422),
)
def show_passage(course: CourseId, chunk_id: RecordId, desk: AtDesk) -> None:
    """Answers may use it again, and every passage that was hidden with it for the same words."""
    desk.require("instruct", course)
    words = _known(desk, course).get(chunk_id)
    if words is None:
        raise UnknownRecord("hidden passage", chunk_id)
    same = [one for one, its_words in _known(desk, course).items() if its_words == words]
    desk.backend.library.prepare(course, lambda mask: mask.showing(same))
    with desk.backend.database.writing() as connection:
        for one in curation.hidden(connection, course):
            if one.text == words:
                curation.show(connection, course, one.chunk_id)
        audit.record(connection, course, desk.caller.actor, "passage.show", chunk_id)


def _known(desk: AtDesk, course: str) -> Mapping[str, str]:
    """The words of every hidden passage by its id."""
    with desk.backend.database.reading() as connection:
        return {one.chunk_id: one.text for one in curation.hidden(connection, course)}


def _hidden_on_wire(passage: HiddenPassage) -> wire.Hidden:
    return wire.Hidden(
        chunk_id=passage.chunk_id,
        document_id=passage.document_id,
        text=passage.text,
        reason=passage.reason,
        created_at=passage.created_at,
    )
