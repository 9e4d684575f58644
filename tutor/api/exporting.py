"""Routes that give a course's glossary and verified answers as files for other programs."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from index.course_index import CourseIndex
from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk
from tutor.api.documented import error_responses
from tutor.exports.entries import ExportEntry, glossary_entries, verified_entries
from tutor.exports.formats import FormatName, export
from tutor.state import verified

router = APIRouter(prefix="/api/v1/courses/{course}")


_A_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A file.",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            **{
                media_type: {"schema": {"type": "string", "format": "binary"}}
                for media_type in ("text/csv", "application/xml", "application/octet-stream")
            },
        },
    },
    **error_responses(404, 422),
}
_Format = Annotated[FormatName, Query(alias="format", description="json, csv, moodle (glossary XML) or anki (deck).")]


@router.get(
    "/glossary/export",
    operation_id="exportGlossary",
    summary="Take the glossary along",
    tags=["courses"],
    response_class=Response,
    responses=_A_FILE,
)
def export_glossary(course: CourseId, desk: AtDesk, file_format: _Format = "json") -> Response:
    """Every term that the course defines, with its other names, its definition and where it stands."""
    index = desk.tutor(course).index
    return _as_file(index, "glossary", file_format, tuple(glossary_entries(index)))


@router.get(
    "/verified/export",
    operation_id="exportVerifiedAnswers",
    summary="Take the verified answers along",
    tags=["instructors"],
    response_class=Response,
    responses=_A_FILE,
)
def export_verified(course: CourseId, desk: AtDesk, file_format: _Format = "json") -> Response:
    """Every question with a verified answer, in the course's own words."""
    desk.require("instruct", course)
    index = desk.tutor(course).index
    with desk.backend.database.reading() as connection:
        records = verified.of_course(connection, course)
    return _as_file(index, "verified-answers", file_format, tuple(verified_entries(records, index)))


def _as_file(index: CourseIndex, what: str, name: FormatName, entries: Sequence[ExportEntry]) -> Response:
    exported = export(name, f"{index.course_id}/{what}", index.title, entries)
    file_name = f"{index.course_id}-{what}{exported.suffix}"
    headers = {"content-disposition": f'attachment; filename="{file_name}"'}
    return Response(exported.content, media_type=exported.media_type, headers=headers)
