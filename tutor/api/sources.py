"""The route that a citation's ``url`` leads to: a span in its surroundings."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.routing import Match
from starlette.types import Scope

from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk
from tutor.api.conditional import Conditional
from tutor.api.documented import error_responses
from tutor.api.reading import DocumentId
from tutor.api.source_views import source_view
from tutor.errors import UnknownDocument
from tutor.source_schemas import SourceView

Offset = Annotated[int, Query(ge=0, description="In Unicode code points into the document's text.")]
Context = Annotated[int, Query(ge=0, le=5000, description="How many characters to show on either side.")]


class EncodedIds(Conditional):
    """Tells the document "a/source" from the source of "a": a slash of an id arrives percent-encoded."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match unless the last slash belongs to the id."""
        raw_path: bytes = scope.get("raw_path") or b""
        if raw_path.partition(b"?")[0].lower().endswith(b"%2fsource"):
            return Match.NONE, {}
        return super().matches(scope)


router = APIRouter(prefix="/api/v1/courses/{course}/documents", route_class=EncodedIds)


@router.get(
    "/{document_id:path}/source",
    operation_id="readSource",
    tags=["documents"],
    summary="Read a span in its surroundings",
    responses=error_responses(404, 422),
)
def read_source(
    course: CourseId, document_id: DocumentId, start: Offset, end: Offset, desk: AtDesk, context: Context = 400
) -> SourceView:
    """The text of a span with what stands around it: what a citation's ``url`` opens."""
    index = desk.tutor(course).index
    document = index.documents.get(document_id)
    if document is None:
        raise UnknownDocument(course, document_id)
    return source_view(document, start, end, context=context, generation=index.generation)
