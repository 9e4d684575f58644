"""A span of a document in its surroundings."""

from corpus.types import Document
from tutor import schemas
from tutor.api.wire import reference_on_wire
from tutor.errors import SpanOutOfRange


def excerpt(
    document: Document, char_start: int, char_end: int, *, context: int, generation: str
) -> schemas.SourceExcerpt:
    """Cut the span and ``context`` characters on either side, less what would cut a word.

    Raises:
        SpanOutOfRange: The span does not lie in the document.
    """
    text = document.text
    if not 0 <= char_start <= char_end <= len(text):
        raise SpanOutOfRange(char_start, char_end, len(text))
    first = _word_start(text, max(0, char_start - context), char_start)
    last = _word_end(text, char_end, min(len(text), char_end + context))
    position = _section_position(document, char_start)
    sections = [reference_on_wire(section) for section in document.sections]
    return schemas.SourceExcerpt(
        course_id=document.course_id,
        document_id=document.document_id,
        document_title=document.title,
        heading_path=sections[position].heading_path if position is not None else [],
        char_start=char_start,
        char_end=char_end,
        before=text[first:char_start],
        text=text[char_start:char_end],
        after=text[char_end:last],
        excerpt_start=first,
        excerpt_end=last,
        document_chars=len(text),
        previous=sections[position - 1] if position else None,
        next=sections[position + 1] if position is not None and position + 1 < len(sections) else None,
        generation=generation,
    )


def _section_position(document: Document, offset: int) -> int | None:
    """Position of the innermost section that holds the offset; sections stand in reading order, parents first."""
    holding = [
        position
        for position, section in enumerate(document.sections)
        if section.char_start <= offset < section.char_end or offset == section.char_end == len(document.text)
    ]
    return holding[-1] if holding else None


def _word_start(text: str, first: int, end: int) -> int:
    """Move ``first`` on to the next word, unless it stands at one or there is none before ``end``."""
    if first == 0 or text[first - 1].isspace():
        return first
    return next((position + 1 for position in range(first, end) if text[position].isspace()), first)


def _word_end(text: str, start: int, last: int) -> int:
    """Move ``last`` back to the end of a word, unless it stands at one or there is none after ``start``."""
    if last == len(text) or text[last].isspace():
        return last
    return next((position for position in range(last - 1, start - 1, -1) if text[position].isspace()), last)
