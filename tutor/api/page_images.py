"""The route that shows a page of a PDF as it was printed."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk
from tutor.api.documented import error_responses
from tutor.api.reading import DocumentId
from tutor.errors import UnknownDocument

router = APIRouter(prefix="/api/v1/courses/{course}/documents", tags=["documents"])

PageIndex = Annotated[int, Path(ge=0, le=100_000, description="From 0: the page's place in the file.")]
Scale = Annotated[float, Query(ge=0.5, le=3, description="1 is 72 dots an inch; rounded to quarters.")]


@router.get(
    "/{document_id:path}/pages/{page_index}.png",
    operation_id="readPageImage",
    summary="See a page",
    response_class=Response,
    responses={200: {"description": "The page.", "content": {"image/png": {}}}, **error_responses(404, 422)},
)
def read_page_image(
    course: CourseId, document_id: DocumentId, page_index: PageIndex, desk: AtDesk, scale: Scale = 2.0
) -> Response:
    """A page of a PDF as a picture, whether it came alone or in a package; other formats have none."""
    document = desk.tutor(course).index.documents.get(document_id)
    if document is None:
        raise UnknownDocument(course, document_id)
    picture = desk.backend.intake.picture(document, page_index, scale=round(scale * 4) / 4)
    return Response(picture, media_type="image/png", headers={"cache-control": "private, max-age=3600"})
