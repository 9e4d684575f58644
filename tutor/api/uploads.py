"""Routes of a course's sources: uploaded, listed, read again, downloaded, removed."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from tutor import source_schemas as schemas
from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk
from tutor.api.documented import error_responses
from tutor.api.form_files import arriving_files
from tutor.api.paging import page_of
from tutor.api.reading import Cursor, Limit, link_next
from tutor.api.source_wire import job_on_wire, source_on_wire
from tutor.state.sources import sources_of

router = APIRouter(prefix="/api/v1/courses/{course}/sources", tags=["sources"])

SourceId = Annotated[str, Path(description="The source's id.", max_length=64)]

_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                }
            }
        },
    }
}


@router.get(
    "",
    operation_id="listSources",
    summary="List a course's sources",
    responses=error_responses(404, 422),
)
def list_sources(
    course: CourseId, desk: AtDesk, response: Response, limit: Limit = 50, cursor: Cursor = None
) -> schemas.SourcePage:
    """The files of a course in reading order, each with what became of it."""
    desk.require("instruct", course)
    desk.course(course)
    with desk.backend.intake.database.reading() as connection:
        found = sources_of(connection, course)
    page, next_cursor = page_of(found, key=lambda source: source.source_id, cursor=cursor, limit=limit)
    link_next(desk, response, next_cursor, limit)
    return schemas.SourcePage(sources=[source_on_wire(source) for source in page], next_cursor=next_cursor)


@router.post(
    "",
    operation_id="uploadSources",
    summary="Upload course files",
    status_code=202,
    responses=error_responses(404, 422, 507),
    openapi_extra=_FORM,
)
async def upload_sources(course: CourseId, desk: AtDesk, request: Request, response: Response) -> schemas.Upload:
    """One or more files in fields called ``file``. What this acknowledges is on the disk and will be read.

    The same bytes under the same name are no new version; other bytes are the next one, and until it is indexed the
    version before is answered from.
    """
    desk.require("ingest", course)
    await run_in_threadpool(desk.course, course)
    intake = desk.backend.intake
    async with arriving_files(request, intake.uploads) as arrivals:
        receipt = await run_in_threadpool(intake.bring, course, arrivals, actor=desk.caller.actor)
    job = job_on_wire(receipt.job)
    response.headers["location"] = job.url
    return schemas.Upload(
        job=job,
        sources=[source_on_wire(item.source) for item in receipt.received],
        unchanged=[item.source.source_id for item in receipt.received if item.arrived == "unchanged"],
    )


@router.get(
    "/{source_id}",
    operation_id="readSourceFile",
    summary="Read what became of a source",
    responses=error_responses(404, 422),
)
def read_source(course: CourseId, source_id: SourceId, desk: AtDesk) -> schemas.Source:
    """One source: its version, its state, and every item of it."""
    desk.require("instruct", course)
    return source_on_wire(desk.backend.intake.source(course, source_id))


@router.delete(
    "/{source_id}",
    operation_id="deleteSource",
    summary="Remove a source",
    status_code=202,
    responses=error_responses(404, 422),
)
def delete_source(course: CourseId, source_id: SourceId, desk: AtDesk, response: Response) -> schemas.Job:
    """Its words are in no answer from now on; the job takes them off the disk."""
    desk.require("ingest", course)
    source = desk.backend.intake.source(course, source_id)
    desk.backend.library.prepare(course, lambda mask: mask.hiding(document_ids=source.document_ids))
    job = job_on_wire(desk.backend.intake.remove(course, source_id, actor=desk.caller.actor))
    response.headers["location"] = job.url
    return job


@router.post(
    "/{source_id}/retry",
    operation_id="retrySource",
    summary="Read a source again",
    status_code=202,
    responses=error_responses(404, 422),
)
def retry_source(course: CourseId, source_id: SourceId, desk: AtDesk, response: Response) -> schemas.Job:
    """For a file that failed for a reason which has gone."""
    desk.require("ingest", course)
    job = job_on_wire(desk.backend.intake.retry(course, source_id, actor=desk.caller.actor))
    response.headers["location"] = job.url
    return job


@router.get(
    "/{source_id}/file",
    operation_id="downloadSource",
    summary="Download the original file",
    response_class=StreamingResponse,
    responses={
        200: {"description": "Its bytes.", "content": {"application/octet-stream": {}}},
        **error_responses(404, 422),
    },
)
def download_source(course: CourseId, source_id: SourceId, desk: AtDesk) -> StreamingResponse:
    """The bytes as they were uploaded, always as a download: a course file may hold scripts."""
    desk.require("instruct", course)
    intake = desk.backend.intake
    source = intake.source(course, source_id)
    name = source.name.rpartition("/")[2]
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "content-security-policy": "sandbox; default-src 'none'",
        "etag": f'"{source.sha256}"',
    }
    headers["content-length"] = str(intake.blobs.find(source.sha256).size)
    return StreamingResponse(intake.blobs.pieces(source.sha256), media_type="application/octet-stream", headers=headers)
