"""Documents with pages and boxes, made from nothing."""

from itertools import pairwise

from hypothesis import strategies as st

from corpus.types import Block, Document, Page, Section, Span, TextBox

_SIZES = st.floats(0, 2000).map(lambda size: round(size, 2))


@st.composite
def _paged_documents(draw: st.DrawFn) -> Document:
    """A document whose pages and boxes lie in its text, in order and apart, with gaps between some of them."""
    text = draw(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8, unique=True)))
    spans = [Span(start, end) for start, end in pairwise(cuts)]
    kept = [span for span in spans if draw(st.booleans())]
    pages = [
        Page(index, draw(st.sampled_from(["", "xii", "12", "Slide 3"])), s.char_start, s.char_end, draw(_SIZES), 842.0)
        for index, s in enumerate(kept)
    ]
    boxes = [
        TextBox(page.index, page.char_start, page.char_end, *(draw(_SIZES) for _ in range(4)))
        for page in pages
        if draw(st.booleans())
    ]
    block = Block("paragraph", 0, len(text), 0, "bold", (Span(0, 1),))
    section = Section("Stars", 1, ("Stars", "Heat"), 0, len(text))
    return Document(
        course_id="stars",
        document_id="lesson",
        title="Stars",
        text=text,
        sections=(section,),
        blocks=(block,),
        source_name="lesson.pdf",
        source_sha256="0" * 64,
        pages=tuple(pages),
        boxes=tuple(boxes),
        activity=draw(st.sampled_from(["", "book chapter"])),
        link=draw(st.sampled_from(["", "https://lms.example.edu/mod/page/view.php?id=7"])),
    )


PAGED_DOCUMENTS = _paged_documents()
