"""From a place in a document's text to its page, and to the boxes that it fills there."""

from bisect import bisect_left, bisect_right

from corpus.types import Document, Page, Span, TextBox


def page_at(document: Document, char_offset: int) -> Page | None:
    """The page on which the character at ``char_offset`` stands; None where the document does not tell."""
    number = bisect_right(document.pages, char_offset, key=lambda page: page.char_start) - 1
    if number < 0 or char_offset >= document.pages[number].char_end:
        return None
    return document.pages[number]


def boxes_of(document: Document, span: Span) -> tuple[TextBox, ...]:
    """The boxes that hold any of the span's characters, in order of their text: whole lines, so more than the span."""
    first = bisect_right(document.boxes, span.char_start, key=lambda box: box.char_end)
    end = bisect_left(document.boxes, span.char_end, key=lambda box: box.char_start)
    return document.boxes[first:end]
