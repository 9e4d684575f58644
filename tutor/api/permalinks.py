"""The route by which an old citation is found again, whatever was indexed since."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from tutor import source_schemas as schemas
from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk
from tutor.api.documented import error_responses
from tutor.ingest.citations import resolve
from tutor.ingest.masking import mask_of
from tutor.state.published_chunks import find_published

router = APIRouter(prefix="/api/v1/courses/{course}/citations", tags=["documents"])

ChunkId = Annotated[str, Path(description="Of the citation.", max_length=64)]
Offset = Annotated[int | None, Query(ge=0, description="Of the citation, in the document as it was.")]
Quote = Annotated[str, Query(max_length=2000, description="The words cited; found again where they moved.")]


@router.get(
    "/{chunk_id}",
    operation_id="resolveCitation",
    summary="Find an old citation again",
    responses=error_responses(404, 422),
)
def resolve_citation(
    course: CourseId, chunk_id: ChunkId, desk: AtDesk, start: Offset = None, end: Offset = None, quote: Quote = ""
) -> schemas.ResolvedCitation:
    """The words a citation was made from, and where they stand now; both, where they changed."""
    index = desk.tutor(course).index
    with desk.backend.intake.database.reading() as connection:
        published = find_published(connection, course, chunk_id)
        mask = mask_of(connection, course, index.generation)
    if published is not None and (published.document_id in mask.document_ids or chunk_id in mask.chunk_ids):
        published = None  # deleted means gone, and hidden means hidden, from old links too
    found = resolve(index, published, chunk_id, start=start, end=end, quote=quote)
    return schemas.ResolvedCitation.model_validate(found, from_attributes=True, strict=False)
