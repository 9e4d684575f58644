"""Routes that only read: courses, documents, sources, the glossary.

They are plain functions, so the framework runs them in threads: finding a course's newest generation reads the disk.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from tutor import schemas
from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk
from tutor.api.conditional import Conditional
from tutor.api.documented import error_responses
from tutor.api.paging import page_of
from tutor.api.wire import course_on_wire, document_on_wire, document_summary_on_wire, glossary_entry_on_wire
from tutor.errors import UnknownDocument

router = APIRouter(prefix="/api/v1/courses", route_class=Conditional)

Limit = Annotated[int, Query(ge=1, le=200, description="How many items at most.")]
Cursor = Annotated[str | None, Query(max_length=2000, description="next_cursor of the page before.")]
DocumentId = Annotated[str, Path(description="The document's id; percent-encode it.", examples=["course.md"])]


@router.get(
    "",
    operation_id="listCourses",
    tags=["courses"],
    summary="List the courses",
    responses=error_responses(),
)
def list_courses(desk: AtDesk) -> schemas.CourseList:
    """The courses that the caller may ask, by title; those that cannot answer yet say why."""
    return schemas.CourseList(courses=[course_on_wire(info) for info in desk.courses()])


@router.get(
    "/{course}",
    operation_id="readCourse",
    tags=["courses"],
    summary="Read a course",
    responses=error_responses(404, 422),
)
def read_course(course: CourseId, desk: AtDesk) -> schemas.Course:
    """One course: its title, size, state and suggested questions."""
    return course_on_wire(desk.course(course))


@router.get(
    "/{course}/glossary",
    operation_id="listTerms",
    tags=["courses"],
    summary="Read a course's glossary",
    responses=error_responses(404, 422),
)
def list_terms(
    course: CourseId, desk: AtDesk, response: Response, limit: Limit = 50, cursor: Cursor = None
) -> schemas.GlossaryPage:
    """The terms that the course defines, in alphabetical order, each with every place that defines it."""
    index = desk.tutor(course).index
    entries = sorted(index.glossary.entries, key=lambda entry: (entry.term.casefold(), entry.term))
    page, next_cursor = page_of(entries, key=lambda entry: entry.term, cursor=cursor, limit=limit)
    link_next(desk, response, next_cursor, limit)
    return schemas.GlossaryPage(
        entries=[glossary_entry_on_wire(entry, index) for entry in page], next_cursor=next_cursor
    )


@router.get(
    "/{course}/documents",
    operation_id="listDocuments",
    tags=["documents"],
    summary="List a course's documents",
    responses=error_responses(404, 422),
)
def list_documents(
    course: CourseId, desk: AtDesk, response: Response, limit: Limit = 50, cursor: Cursor = None
) -> schemas.DocumentPage:
    """The documents of a course in reading order, without their text."""
    documents = tuple(desk.tutor(course).index.documents.values())
    page, next_cursor = page_of(documents, key=lambda document: document.document_id, cursor=cursor, limit=limit)
    link_next(desk, response, next_cursor, limit)
    summaries = [document_summary_on_wire(document) for document in page]
    return schemas.DocumentPage(documents=summaries, next_cursor=next_cursor)


@router.get(
    "/{course}/documents/{document_id:path}",
    operation_id="readDocument",
    tags=["documents"],
    summary="Read a document",
    responses=error_responses(404, 422),
)
def read_document(course: CourseId, document_id: DocumentId, desk: AtDesk) -> schemas.Document:
    """The document's canonical text and its sections. ``text[char_start:char_end] == quote`` for every citation."""
    index = desk.tutor(course).index
    document = index.documents.get(document_id)
    if document is None:
        raise UnknownDocument(course, document_id)
    return document_on_wire(document, index.generation)


def link_next(desk: AtDesk, response: Response, next_cursor: str | None, limit: int) -> None:
    """Tell where the next page is, for clients that follow links."""
    if next_cursor is not None:
        response.headers["link"] = f'<{desk.request.url.path}?limit={limit}&cursor={next_cursor}>; rel="next"'
