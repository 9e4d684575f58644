from hypothesis import given
from hypothesis import strategies as st
from index_samples import chunks_of, document_of
from paged_samples import PAGED_DOCUMENTS

from corpus.chunking import chunk_document
from corpus.pages import boxes_of, page_at
from corpus.types import Block, Document, Page, Section, Span


@given(PAGED_DOCUMENTS, st.integers(0, 70))
def test_the_page_of_a_character_is_the_one_that_holds_it(document: Document, char_offset: int) -> None:
    holding = [page for page in document.pages if page.char_start <= char_offset < page.char_end]

    assert page_at(document, char_offset) == (holding[0] if holding else None)


@given(PAGED_DOCUMENTS, st.integers(0, 60), st.integers(1, 60))
def test_the_boxes_of_a_span_are_those_that_share_a_character_with_it(
    document: Document, start: int, length: int
) -> None:
    span = Span(start, start + length)

    sharing = [box for box in document.boxes if box.char_start < span.char_end and box.char_end > span.char_start]
    assert list(boxes_of(document, span)) == sharing


def test_a_document_without_pages_has_none_anywhere() -> None:
    document = document_of(["Stars shine."])

    assert page_at(document, 0) is None
    assert boxes_of(document, Span(0, 5)) == ()
    assert [chunk.page for chunk in chunks_of(document)] == [None]


def test_a_chunk_has_the_page_on_which_it_begins() -> None:
    text = "Stars\n\nThey shine. They fuse hydrogen.\n\nThey end."
    blocks = (Block("heading", 0, 5, 1), Block("paragraph", 7, 38), Block("paragraph", 40, 49))
    pages = (Page(0, "i", 0, 18), Page(1, "1", 19, 38), Page(2, "2", 40, 49))
    section = Section("Stars", 1, ("Stars",), 0, len(text))
    document = Document("c", "d", "Stars", text, (section,), blocks, "s.pdf", "0" * 64, pages)

    chunks = chunk_document(document, count_tokens=lambda words: 30 * len(words.split()), max_tokens=90)

    assert [(chunk.text, chunk.page) for chunk in chunks] == [
        ("They shine.", 1),
        ("They fuse hydrogen.", 2),
        ("They end.", 3),
    ]
