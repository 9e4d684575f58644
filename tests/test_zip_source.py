"""A zip of loose files is read as a course folder is, one level deep."""

import pytest
from hostile_archives import bombs, zip_of
from package_samples import epub

from corpus.errors import UnreadableFile
from corpus.source_reading import read_source
from corpus.types import SourceReading


def read(data: bytes) -> SourceReading:
    return read_source(data, "course.zip", course_id="c", document_id="up")


def test_files_are_read_in_natural_order_with_ids_made_of_their_paths() -> None:
    reading = read(
        zip_of({"week-10/b.html": "<h1>Ten</h1><p>ten</p>", "week-2/a.md": "# Two\n\ntwo", "week-2/a.txt": "text"})
    )

    assert [document.text for document in reading.documents] == ["Two\n\ntwo", "text", "Ten\n\nten"]
    assert reading.documents[2].document_id == "up--week-10--b"
    assert len({document.document_id for document in reading.documents}) == 3
    assert [document.title for document in reading.documents] == ["Two", "A", "Ten"]
    assert reading.documents[0].source_name == "course.zip/week-2/a.md"


def test_hidden_files_and_what_a_repository_says_of_itself_are_left_out() -> None:
    reading = read(
        zip_of(
            {"__MACOSX/._a.md": "x", ".git/a.md": "x", "a/.hidden.md": "x", "README.md": "x", "a/cells.md": "Cells."}
        )
    )

    assert [document.document_id for document in reading.documents] == ["up--a--cells"]


def test_what_cannot_be_read_is_reported_and_the_rest_is_read() -> None:
    reading = read(
        zip_of({"a.md": "Cells.", "b.md": b"\xff\xfe\xff", "c.doc": b"\xd0\xcf\x11\xe0", "d.png": b"x", "../e": "x"})
    )

    assert [document.text for document in reading.documents] == ["Cells."]
    assert {item.name: item.outcome for item in reading.items} == {
        "a.md": "read",
        "b.md": "failed",
        "c.doc": "failed",
        "../e": "failed",
        "1 .png files": "skipped",
    }


def test_a_book_in_a_zip_keeps_its_chapters() -> None:
    book = epub({"a.xhtml": "<p>One.</p>", "b.xhtml": "<p>Two.</p>"}, nav='<li><a href="text/a.xhtml">First</a></li>')

    reading = read(zip_of({"books/bio.epub": book}))

    assert [document.document_id for document in reading.documents] == [
        "up--books--bio--oebps--text--a",
        "up--books--bio--oebps--text--b",
    ]
    assert reading.documents[0].title == "First"


@pytest.mark.parametrize("name", ["inner.zip", "inner.imscc", "inner.doc", "inner.md"])
def test_an_archive_in_an_archive_is_not_opened(name: str) -> None:
    inner = zip_of({"a.md": "Inner words."})

    reading = read(zip_of({name: inner, "b.md": "Outer words."}))

    assert [document.text for document in reading.documents] == ["Outer words."]
    assert [item.outcome for item in reading.items if item.name == name] == ["failed"]


def test_bombs_nested_in_an_archive_stay_closed() -> None:
    nested = {f"{number}.zip": bomb for number, bomb in enumerate(bombs().values()) if len(bomb) < 1_000_000}

    reading = read(zip_of({**nested, "a.md": "Words."}))

    assert [document.text for document in reading.documents] == ["Words."]


def test_a_zip_without_text_says_so() -> None:
    reading = read(zip_of({"a.png": b"x"}))

    assert reading.documents == ()
    assert "0 characters" in reading.items[0].reason


def test_a_damaged_zip_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="damaged"):
        read(zip_of({"a.md": "x"})[:-10])
