"""A span in its surroundings, with its page, its boxes and its place in the learning platform."""

from dataclasses import asdict
from urllib.parse import quote

from corpus.pages import boxes_of, page_at
from corpus.types import Document, Page, Span
from tutor import source_schemas as schemas
from tutor.api.excerpts import excerpt


def source_view(
    document: Document, char_start: int, char_end: int, *, context: int, generation: str
) -> schemas.SourceView:
    """Cut the span out and say where it stands.

    Raises:
        SpanOutOfRange: The span does not lie in the document.
    """
    around = excerpt(document, char_start, char_end, context=context, generation=generation)
    page = page_at(document, char_start)
    boxes = [asdict(box) for box in boxes_of(document, Span(char_start, char_end))]
    return schemas.SourceView(
        **around.model_dump(),
        source_name=document.source_name,
        page=_page(document, page) if page else None,
        boxes=[schemas.Box(**{name: box[name] for name in schemas.Box.model_fields}) for box in boxes],
        link=document.link,
        activity=document.activity,
    )


def _page(document: Document, page: Page) -> schemas.ExcerptPage:
    image = None
    if page.width:
        path = f"/api/v1/courses/{document.course_id}/documents/{quote(document.document_id, safe='')}"
        image = f"{path}/pages/{page.index}.png"
    return schemas.ExcerptPage(
        index=page.index,
        number=page.index + 1,
        label=page.label,
        width=page.width,
        height=page.height,
        image_url=image,
    )
