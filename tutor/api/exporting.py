"""The route that gives a course's glossary as a file for other programs."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk
from tutor.api.documented import error_responses
from tutor.exports.entries import glossary_entries
from tutor.exports.formats import FormatName, export

router = APIRouter(prefix="/api/v1/courses/{course}", tags=["courses"])


@router.get(
    "/glossary/export",
    operation_id="exportGlossary",
    summary="Take the glossary along",
    response_class=Response,
    responses={
        200: {
            "description": "A file.",
            "content": {
                media_type: {"schema": {"type": "string", "format": "binary"}}
                for media_type in ("application/json", "text/csv", "application/xml", "application/octet-stream")
            },
        },
        **error_responses(404, 422),
    },
)
def export_glossary(
    course: CourseId,
    desk: AtDesk,
    file_format: Annotated[
        FormatName, Query(alias="format", description="json, csv, moodle (glossary XML) or anki (deck).")
    ] = "json",
) -> Response:
    """Every term that the course defines, with its other names, its definition and where it stands."""
    index = desk.tutor(course).index
    exported = export(file_format, course, index.title, tuple(glossary_entries(index)))
    name = f"{course}-glossary{exported.suffix}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(exported.content, media_type=exported.media_type, headers=headers)
