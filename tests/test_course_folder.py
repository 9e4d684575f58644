"""Any folder of Markdown or text files is a course; what cannot be read is named and left out."""

import os
from pathlib import Path

import pytest
from corpus_samples import count_words
from hypothesis import given
from hypothesis import strategies as st

from corpus.chunking import chunk_document
from corpus.course_folder import document_ids, read_course
from corpus.decoding import MAX_FILE_BYTES
from corpus.errors import CourseFileInvalid, CourseNotFound
from corpus.slugs import slug

STARS = Path(__file__).parent / "data" / "stars"


def write(folder: Path, **files: str | bytes) -> Path:
    """Write files whose names have "__" for "/" and "_" before the ending."""
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_md", ".md").replace("_txt", ".txt").replace("_toml", ".toml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def names_of(folder: Path) -> list[str]:
    return [document.source_name for document in read_course(folder).documents]


def test_a_folder_without_course_toml_is_a_course(tmp_path: Path) -> None:
    course = read_course(
        write(tmp_path / "Cell Biology 101", cells_md="# Cells\n\nThey live.", notes_txt="They divide.")
    )

    assert (course.course_id, course.title) == ("cell-biology-101", "Cell Biology 101")
    assert [document.document_id for document in course.documents] == ["cells", "notes"]
    assert {document.course_id for document in course.documents} == {"cell-biology-101"}


def test_course_toml_says_what_the_course_is() -> None:
    course = read_course(STARS)

    assert (course.course_id, course.title, course.language) == ("stars", "A Short Course on Stars", "en")
    assert course.licence == "CC0-1.0"
    assert course.suggested_questions == ("What is nuclear fusion?", "How does a star end?")
    assert [document.document_id for document in course.documents] == ["why-stars-shine", "how-stars-end"]
    assert course.skipped == ()


def test_the_sample_course_has_chunks_of_every_kind() -> None:
    chunks = [
        chunk
        for document in read_course(STARS).documents
        for chunk in chunk_document(document, count_tokens=count_words)
    ]

    defined = {chunk.term: (chunk.found_by, chunk.aliases) for chunk in chunks if chunk.kind == "definition"}
    assert defined == {
        "star": ("prose", ("stars",)),
        "Nuclear fusion": ("prose", ()),
        "core": ("bold_entry", ()),
        "Hertzsprung–Russell Diagram": ("bold_entry", ("HRD",)),
        "main sequence": ("bold_entry", ("hydrogen-burning phase",)),
        "White dwarf": ("definition_list", ()),
        "planetary nebula": ("prose", ()),
        "neutron star": ("prose", ()),
    }
    assert [chunk.text for chunk in chunks if chunk.kind == "takeaway"] == [
        "Stars shine by nuclear fusion.",
        "Gravity and pressure hold each other in balance.",
        "In summary, the mass of a star decides how it ends.",
    ]


def test_files_are_read_in_natural_order_with_their_folders(tmp_path: Path) -> None:
    write(tmp_path, week10__a_md="a", week2__b_md="b", week2__a10_md="c", week2__a9_md="d", intro_md="e")

    assert names_of(tmp_path) == ["intro.md", "week2/a9.md", "week2/a10.md", "week2/b.md", "week10/a.md"]


def test_order_puts_files_first(tmp_path: Path) -> None:
    write(tmp_path, a_md="a", b_md="b", z_md="z", course_toml='order = ["z.md", "b.md"]')

    assert names_of(tmp_path) == ["z.md", "b.md", "a.md"]


def test_hidden_files_and_those_about_the_folder_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, cells_md="text", README_md="about", LICENSE_txt="terms")
    write(tmp_path / ".git", hidden_md="no")
    write(tmp_path, **{".draft_md": "no"})

    assert names_of(tmp_path) == ["cells.md"]


def test_a_readme_is_read_where_there_is_nothing_else(tmp_path: Path) -> None:
    assert names_of(write(tmp_path, README_md="# Course\n\nAll of it.")) == ["README.md"]


def test_bad_files_are_named_with_their_reason_and_the_others_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        good_md="# Cells\r\n\r\nThey live.",
        bom_md=b"\xef\xbb\xbfWith a mark.",
        line_md="a long line " * 170_000,
        many_md="# Heading\n\ntext\n\n" * 3_000,
        empty_md="",
        latin_md="Caf\xe9".encode("latin-1"),
        binary_md=b"\x00\x01\x02",
        heads_md="# One\n\n## Two\n",
        image_md="![only](an-image.png)",
        huge_txt=b"a" * (MAX_FILE_BYTES + 1),
    )
    (tmp_path / "slides.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "slides.ppt").write_bytes(b"old")
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")

    course = read_course(tmp_path)

    assert [document.source_name for document in course.documents] == ["bom.md", "good.md", "line.md", "many.md"]
    reasons = {file.source_name: file.reason for file in course.skipped}
    assert reasons == {
        "slides.pdf": "a damaged PDF file; save or export it again",
        "slides.ppt": ".ppt files cannot be read; export it as PDF, Markdown or text",
        "empty.md": "the file is empty",
        "latin.md": "not UTF-8 at byte 3; save the file as UTF-8",
        "binary.md": "binary data at byte 0 (or UTF-16 without a byte order mark); save the file as UTF-8 text",
        "heads.md": "only headings, no text under them",
        "image.md": "nothing to read in it, only markup such as images or comments",
        "huge.txt": "10.0 MB is more than the limit of 10 MB; split the file",
    }


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    secret = write(tmp_path / "elsewhere", secret_md="secret")
    course = write(tmp_path / "course", cells_md="text")
    (course / "leak.md").symlink_to(secret / "secret.md")
    (course / "alias.md").symlink_to(course / "cells.md")
    (course / "nothing.md").symlink_to(course / "gone.md")
    (course / "folder").symlink_to(secret, target_is_directory=True)

    read = read_course(course)

    assert [document.source_name for document in read.documents] == ["alias.md", "cells.md"]
    assert {file.source_name: file.reason for file in read.skipped} == {
        "leak.md": "a link that leads out of the course folder; copy the file instead",
        "nothing.md": "not a regular file, or a link to nothing",
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path, cells_md="text")
    os.mkfifo(tmp_path / "pipe.md")

    assert [file.source_name for file in read_course(tmp_path).skipped] == ["pipe.md"]


def test_a_folder_that_is_not_there_or_has_nothing_to_read_is_no_course(tmp_path: Path) -> None:
    with pytest.raises(CourseNotFound, match="no such folder"):
        read_course(tmp_path / "gone")
    with pytest.raises(CourseNotFound, match=r"no readable course file$"):
        read_course(tmp_path)
    with pytest.raises(CourseNotFound, match=r"empty\.md: the file is empty"):
        read_course(write(tmp_path, empty_md=""))


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("title = ", "not TOML"),
        ("titel = 'Cells'", "unknown key 'titel'; known are id, title"),
        ("id = 'Cell Biology'", "id is 'Cell Biology'; use a-z, 0-9 and hyphens"),
        ("title = 5", "title: .*string, got 5"),
        ("suggested_questions = 'one'", "suggested_questions: .*list"),
        ("order = ['gone.md']", r"order names \['gone.md'\], which the folder does not have"),
        ("language = 'English!'", "language: "),
        (b"title = '\xff'", "not UTF-8"),
    ],
)
def test_a_course_toml_that_is_wrong_is_refused_with_what_is_wrong(
    tmp_path: Path, toml: str | bytes, message: str
) -> None:
    write(tmp_path, cells_md="text", course_toml=toml)

    with pytest.raises(CourseFileInvalid, match=message):
        read_course(tmp_path)


def test_an_empty_course_toml_is_none(tmp_path: Path) -> None:
    assert read_course(write(tmp_path / "cells", cells_md="text", course_toml="")).course_id == "cells"


def test_document_ids_are_made_of_paths_and_never_meet() -> None:
    ids = document_ids(["week 1/Intro.md", "cells.md", "cells.txt", "Größe.md", "细胞.md"])

    assert ids["week 1/Intro.md"] == "week-1--intro"
    assert ids["Größe.md"] == "grosse"
    assert ids["cells.md"].startswith("cells-")
    assert ids["cells.md"] != ids["cells.txt"]
    assert ids["细胞.md"].startswith("x")


@given(st.text(min_size=1))
def test_slugs_are_safe_in_any_url(name: str) -> None:
    assert slug(name)
    assert set(slug(name)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert slug(slug(name)) == slug(name)


def test_source_files_are_known_by_their_hash(tmp_path: Path) -> None:
    document = read_course(write(tmp_path, cells_md="text")).documents[0]

    assert document.source_sha256 == "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1"
