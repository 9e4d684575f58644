"""Every word of a PDF is found on the page, and in the place, where it is printed."""

import random
from io import BytesIO

import pytest
from pdf_samples import HEIGHT, WIDTH, Fact, book, drawn, read_pdf_file, write_lines
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from corpus.document_checks import faults_of
from corpus.page_images import MAX_PIXELS, render_page
from corpus.pages import boxes_of, page_at
from corpus.types import Document, Span

_N_PAGES, _N_PREFACE = 200, 12
_SCALE = 2.0


@pytest.fixture(scope="module")
def printed_book() -> tuple[bytes, list[Fact]]:
    return book(_N_PAGES, _N_PREFACE)


@pytest.fixture(scope="module")
def document(printed_book: tuple[bytes, list[Fact]]) -> Document:
    return read_pdf_file(printed_book[0])


def test_a_hundred_quotes_are_found_on_their_pages_with_their_printed_labels(
    printed_book: tuple[bytes, list[Fact]], document: Document
) -> None:
    facts = random.Random(4).sample(printed_book[1], 100)

    found = [page_at(document, document.text.index(fact.sentence)) for fact in facts]

    assert [(page.index, page.label) for page in found if page] == [(fact.page_index, fact.label) for fact in facts]
    assert {page.label for page in found if page} & {"i", "v", "ix", "xii"}
    assert any(page.index == int(page.label) + _N_PREFACE - 1 for page in found if page and page.label.isdecimal())


def test_text_goes_on_over_pages_and_running_heads_and_numbers_are_not_in_it(document: Document) -> None:
    assert "Book of Facts" not in document.text
    assert len(document.pages) == _N_PAGES
    crossing = [
        block
        for block in document.blocks
        if page_at(document, block.char_start) != page_at(document, block.char_end - 1)
    ]
    assert len(crossing) > _N_PAGES // 2
    assert [s.heading for s in document.sections] == [f"Chapter {n}" for n in range(1, 21)]
    assert list(faults_of(document)) == []


@pytest.mark.parametrize("page_index", [0, 5, 11, 12, 99, 199])
def test_there_is_ink_in_every_box_and_no_ink_of_the_text_outside_them(
    printed_book: tuple[bytes, list[Fact]], document: Document, page_index: int
) -> None:
    picture = Image.open(BytesIO(render_page(printed_book[0], page_index, scale=_SCALE))).convert("L")
    boxes = [box for box in document.boxes if box.page_index == page_index]

    assert len(boxes) > 40
    for box in boxes:
        left, top, right, bottom = (round(_SCALE * side) for side in (box.left, box.top, box.right, box.bottom))
        assert picture.crop((left, top, right, bottom)).getextrema()[0] < 100
        picture.paste(255, (left - 2, top - 2, right + 2, bottom + 2))
    running_head = round(_SCALE * 50)
    assert picture.crop((0, running_head, picture.width, picture.height)).getextrema()[0] > 150


def test_the_boxes_of_a_quote_stand_where_it_was_drawn() -> None:
    data = drawn(
        lambda canvas: write_lines(canvas, ["Stars shine by fusion.", "They end as dwarfs."], left=100, top=200)
    )

    document = read_pdf_file(data)
    start = document.text.index("They end")
    (box,) = boxes_of(document, Span(start, start + 8))

    assert (box.left, box.bottom) == pytest.approx((100, 200 + 11 * 1.2 + 11), abs=3)
    assert document.text[box.char_start : box.char_end] == "They end as dwarfs."
    assert document.pages[0].width == pytest.approx(WIDTH, abs=0.1)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_turned_page_has_its_boxes_where_they_are_seen(rotation: int) -> None:
    def draw(canvas: Canvas) -> None:
        write_lines(canvas, ["Nothing turns this text around."], left=100, top=500)
        canvas.setPageRotation(rotation)

    data = drawn(draw)
    document = read_pdf_file(data)
    picture = Image.open(BytesIO(render_page(data, 0, scale=1.0))).convert("L")
    (box,) = document.boxes

    assert picture.crop((int(box.left), int(box.top), int(box.right) + 1, int(box.bottom) + 1)).getextrema()[0] < 128
    picture.paste(255, (int(box.left) - 1, int(box.top) - 1, int(box.right) + 2, int(box.bottom) + 2))
    assert picture.getextrema()[0] > 200


def test_a_page_has_no_label_when_the_file_gives_none() -> None:
    document = read_pdf_file(drawn(lambda canvas: write_lines(canvas, ["Page 17", "Stars shine at night."])))

    assert [page.label for page in document.pages] == [""]


def test_a_picture_of_a_page_has_no_more_pixels_than_allowed() -> None:
    data = drawn(lambda canvas: write_lines(canvas, ["Stars shine."]), size=(10_000, 14_000))

    picture = Image.open(BytesIO(render_page(data, 0, scale=6.0)))

    assert MAX_PIXELS * 0.8 < picture.width * picture.height <= MAX_PIXELS
    assert HEIGHT < 14_000
