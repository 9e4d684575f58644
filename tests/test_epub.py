"""An EPUB becomes documents in reading order, named by its table of contents."""

import pytest
from hostile_archives import zip_of
from package_samples import CANARY, SAMPLES, epub, epub_files

from corpus.epub import read_epub
from corpus.errors import UnreadableFile
from corpus.types import SourceReading


def read(data: bytes) -> SourceReading:
    return read_epub(data, "bio.epub", course_id="c", document_id="bio")


def test_pages_come_in_reading_order_under_the_titles_of_the_contents() -> None:
    nav = (
        '<li><span>Part I</span><ol><li><a href="text/b.xhtml">Cells</a>'
        '<ol><li><a href="text/b.xhtml#x">Core</a></li></ol></li>'
        '<li><a href="text/caf%C3%A9%201.xhtml#top">Genes</a></li></ol></li>'
    )
    pages = {"b.xhtml": "<h1>1 Cells</h1><p>About cells.</p>", "caf%C3%A9%201.xhtml": "<p>About genes.</p>"}

    reading = read(epub(pages, nav=nav))

    assert [(document.document_id, document.title, document.text) for document in reading.documents] == [
        ("bio--oebps--text--b", "Cells", "1 Cells\n\nAbout cells."),
        ("bio--oebps--text--cafe-1", "Genes", "About genes."),
    ]
    assert [document.sections[0].heading_path for document in reading.documents] == [
        ("Biology", "Part I", "Cells"),
        ("Biology", "Part I", "Genes"),
    ]


def test_a_page_that_the_contents_do_not_name_goes_on_from_the_one_before() -> None:
    pages = {"a.xhtml": "<p>One.</p>", "b.xhtml": "<p>Two.</p>", "c.xhtml": "<h1>Own</h1><p>Three.</p>"}

    reading = read(epub(pages, nav='<li><a href="text/a.xhtml">Cells</a></li>'))

    assert [document.title for document in reading.documents] == ["Cells", "Cells", "Own"]
    assert len({document.document_id for document in reading.documents}) == 3


def test_a_page_is_found_however_its_name_is_composed() -> None:
    reading = read(epub({"cafe%CC%81.xhtml": "<p>One.</p>"}, nav='<li><a href="text/caf%C3%A9.xhtml">Coffee</a></li>'))

    assert [(document.title, document.text) for document in reading.documents] == [("Coffee", "One.")]


def test_an_old_book_has_its_contents_in_another_form() -> None:
    ncx = (
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>Cells</text></navLabel>'
        '<content src="text/a.xhtml"/></navPoint></navMap></ncx>'
    )
    files = epub_files({"a.xhtml": "<p>One.</p>"})
    opf = str(files["OEBPS/book.opf"]).replace(
        '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>',
        '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>',
    )

    reading = read(zip_of({**files, "OEBPS/book.opf": opf, "OEBPS/toc.ncx": ncx}))

    assert reading.documents[0].title == "Cells"


def test_formulas_are_read_by_their_tex_not_their_markup() -> None:
    formula = "<math xmlns='http://www.w3.org/1998/Math/MathML' alttext='x^2'><msup><mi>x</mi><mn>2</mn></msup></math>"

    assert read(epub({"a.xhtml": f"<p>Let {formula} be.</p>"})).documents[0].text == "Let $x^2$ be."


def test_an_element_closed_at_once_does_not_swallow_the_page() -> None:
    body = (
        '<p>One <a id="p1"/>two.</p><div class="x"/><script src="b.js"/><p>Three.</p><textarea/><p>Four > <br/>5.</p>'
    )

    assert read(epub({"a.xhtml": body})).documents[0].text == "One two.\n\nThree.\n\nFour >\n5."


def test_what_stands_outside_the_reading_order_is_left_out_and_reported() -> None:
    files = epub_files({"a.xhtml": "<p>One.</p>", "answers.xhtml": f"<p>{CANARY}</p>"})
    opf = str(files["OEBPS/book.opf"]).replace('<itemref idref="i1"/>', '<itemref idref="i1" linear="no"/>')

    reading = read(zip_of({**files, "OEBPS/book.opf": opf}))

    assert [document.text for document in reading.documents] == ["One."]
    assert any("reading order" in item.reason for item in reading.items)


def encryption(uri: str) -> str:
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData><CipherData>'
        f'<CipherReference URI="{uri}"/></CipherData></EncryptedData></encryption>'
    )


def test_a_locked_book_is_refused_and_one_with_hidden_fonts_is_read() -> None:
    pages = {"a.xhtml": "<p>One.</p>"}

    with pytest.raises(UnreadableFile, match="DRM"):
        read(epub(pages, more={"META-INF/encryption.xml": encryption("OEBPS/text/a.xhtml")}))
    assert read(epub(pages, more={"META-INF/encryption.xml": encryption("OEBPS/font.otf")})).documents


@pytest.mark.parametrize(
    "files",
    [
        {"a.xhtml": "<p>x</p>"},
        {"META-INF/container.xml": "<container/>"},
        {"META-INF/container.xml": '<container><rootfiles><rootfile full-path="../x.opf"/></rootfiles></container>'},
    ],
)
def test_what_is_no_book_is_refused_with_a_reason(files: dict[str, str]) -> None:
    with pytest.raises(UnreadableFile, match="EPUB"):
        read(zip_of(files))


def test_a_missing_page_is_reported_and_the_others_are_read() -> None:
    files = epub_files({"a.xhtml": "<p>One.</p>", "b.xhtml": "<p>Two.</p>"})
    del files["OEBPS/text/a.xhtml"]

    reading = read(zip_of(files))

    assert [document.text for document in reading.documents] == ["Two."]
    assert [item.reason for item in reading.items if item.outcome == "failed"] == ["missing from the book"]


@pytest.mark.shared
def test_a_real_japanese_book_has_all_its_chapters() -> None:
    if not SAMPLES.is_dir():
        pytest.skip("../shared/samples is not here")
    reading = read((SAMPLES / "internallinks.epub").read_bytes())

    assert [document.document_id.rpartition("--")[2] for document in reading.documents] == [
        "0001",
        "0005",
        "0006",
        "0007",
        "xnotes",
        "loft",
    ]
    assert reading.documents[0].sections[1].heading[:4] == "1–1 "
    assert "linear 属性" in reading.documents[1].title
    assert min(len(document.text) for document in reading.documents) > 500
