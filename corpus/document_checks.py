"""What is true of every document, checked: for documents that come from where nothing can be trusted."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from corpus.types import Document


class _Spanned(Protocol):
    @property
    def char_start(self) -> int: ...
    @property
    def char_end(self) -> int: ...


def faults_of(document: Document) -> Iterator[str]:
    """Yield what is wrong with a document: places outside its text, out of order, on pages that it does not have."""
    end = len(document.text)
    if not document.text.strip():
        yield "no text"
    parts: tuple[tuple[str, Iterable[_Spanned], bool], ...] = (
        ("section", document.sections, False),
        ("block", document.blocks, True),
        ("page", document.pages, True),
        ("box", document.boxes, True),
    )
    for name, spanned, are_apart in parts:
        position = 0
        for part in spanned:
            if not position <= part.char_start <= part.char_end <= end:
                yield f"a {name} at {part.char_start}-{part.char_end} of {end}, after {position}"
            position = part.char_end if are_apart else part.char_start
    for block in document.blocks:
        if any(not block.char_start <= s.char_start < s.char_end <= block.char_end for s in block.emphasised):
            yield f"emphasised words outside the block at {block.char_start}"
    yield from _misplaced_boxes(document)


def _misplaced_boxes(document: Document) -> Iterator[str]:
    pages = {page.index: page for page in document.pages}
    if len(pages) != len(document.pages) or list(pages) != sorted(pages):
        yield "pages out of order"
    for box in document.boxes:
        page = pages.get(box.page_index)
        if page is None or not page.char_start <= box.char_start < box.char_end <= page.char_end:
            yield f"a box at {box.char_start} that is not on its page {box.page_index}"
        elif not (box.left <= box.right and box.top <= box.bottom):
            yield f"a box at {box.char_start} that is inside out"
