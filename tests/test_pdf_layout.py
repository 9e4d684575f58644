"""Whatever is set on a page and wherever, no word is lost or said twice, and every place lies in the text."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_samples import HEIGHT, WIDTH, drawn, reading_of
from reportlab.pdfgen.canvas import Canvas

from corpus.chunking import chunk_document
from corpus.document_checks import faults_of
from corpus.errors import UnreadableFile
from corpus.pdf_columns import regions_of
from corpus.pdf_geometry import Box
from corpus.pdf_lines import lines_of
from corpus.pdf_types import Run

_PLACES = st.tuples(st.floats(0, 500), st.floats(0, 800))
_WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=9), min_size=1, max_size=8).map(" ".join)
_SIZES = st.sampled_from([6.0, 10.0, 10.0, 10.0, 18.0])


def run_at(number: int, place: tuple[float, float], words: str, size: float) -> Run:
    """Words like a font would set them; ``number`` makes them differ from all others."""
    left, baseline = place
    text = f"{words} n{number}"
    box = Box(left, baseline - 0.7 * size, left + 0.5 * size * len(text), baseline + 0.2 * size)
    return Run(text, box, baseline, size, bold=False, italic=False, fixed_pitch=False, upright=True, hidden="")


RUNS = st.lists(st.tuples(_PLACES, _WORDS, _SIZES), max_size=40).map(
    lambda parts: [run_at(number, *part) for number, part in enumerate(parts)]
)


@given(RUNS)
def test_every_run_is_read_once(runs: list[Run]) -> None:
    read = " ".join(line.text for line in lines_of(runs, 0))

    assert Counter(read.replace(" ", "")) == Counter("".join(run.text for run in runs).replace(" ", ""))


@given(RUNS)
def test_every_part_of_a_page_is_in_one_region(runs: list[Run]) -> None:
    parts = [part for region in regions_of(runs) for part in region.parts]

    assert sorted(map(id, parts)) == sorted(map(id, runs))


@settings(max_examples=40)
@given(st.lists(st.lists(st.tuples(_PLACES, _WORDS, _SIZES), max_size=12), min_size=1, max_size=4), st.booleans())
def test_pages_boxes_and_chunks_of_any_file_lie_in_its_text(pages: list[list[tuple]], turned: bool) -> None:  # type: ignore[type-arg]
    def draw(canvas: Canvas) -> None:
        for number, page in enumerate(pages):
            if number:
                canvas.showPage()
            for (left, top), words, size in page:
                canvas.setFont("Times-Bold" if size > 10 else "Times-Roman", size)
                canvas.saveState()
                canvas.translate(left, HEIGHT - top)
                canvas.rotate(90 if turned and number == 1 else 0)
                canvas.drawString(0, 0, words)
                canvas.restoreState()

    try:
        (document,) = reading_of(drawn(draw)).documents
    except UnreadableFile as error:
        assert "no text" in str(error)
        return

    assert list(faults_of(document)) == []
    assert {page.width for page in document.pages} == {round(WIDTH, 2)}
    for chunk in chunk_document(document, count_tokens=lambda text: len(text.split()), max_tokens=30):
        assert document.text[chunk.char_start : chunk.char_end] == chunk.text
        page = document.pages[chunk.page - 1] if chunk.page else None
        assert page is not None
        assert page.char_start <= chunk.char_start < page.char_end
