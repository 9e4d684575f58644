"""Every row of a question set is a document of its id, read as what its title says it is."""

import gzip
import json
from pathlib import Path

import pytest
from corpus_samples import count_words
from hypothesis import given
from hypothesis import strategies as st

from corpus.beir import read_beir_corpus
from corpus.chunking import chunk_document, embedding_text
from corpus.errors import CourseFileInvalid, CourseNotFound
from corpus.types import Chunk, Course


def write_rows(folder: Path, *rows: dict[str, object], packed: bool = False) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    name = "corpus.jsonl.gz" if packed else "corpus.jsonl"
    (folder / name).write_bytes(gzip.compress(lines) if packed else lines)
    return folder


def row(text: str, title: str = "Stars", row_id: str = "a/b#1") -> dict[str, object]:
    return {"_id": row_id, "title": title, "text": text, "meta": {"page": 1}}


def chunks_of(course: Course) -> list[Chunk]:
    return [
        chunk
        for document in course.documents
        for chunk in chunk_document(document, count_tokens=count_words, max_tokens=200)
    ]


@pytest.mark.parametrize("packed", [False, True])
def test_a_row_becomes_a_document_of_its_id(tmp_path: Path, packed: bool) -> None:
    course = read_beir_corpus(write_rows(tmp_path / "Set 1", row("They\nshine.", "Sky > Stars"), packed=packed))

    (document,) = course.documents
    assert course.course_id == "set-1"
    assert document.document_id == "a/b#1"
    assert document.text == "Sky > Stars\n\nThey shine."
    assert [section.heading_path for section in document.sections] == [("Sky", "Stars")]


def test_the_title_is_embedded_and_not_quoted(tmp_path: Path) -> None:
    (chunk,) = chunks_of(read_beir_corpus(write_rows(tmp_path, row("They shine.", "Sky > Stars"))))

    assert chunk.text == "They shine."
    assert embedding_text(chunk) == "Sky > Stars\nThey shine."
    assert chunk.heading_path == ("Sky", "Stars")


def test_headings_in_a_row_stand_under_its_title(tmp_path: Path) -> None:
    course = read_beir_corpus(
        write_rows(tmp_path, row("They shine.\n\n# Heat\n\nThey burn.\n\n## Core\n\nHot.", "Sky > Stars"))
    )

    assert [(chunk.heading_path, chunk.text) for chunk in chunks_of(course)] == [
        (("Sky", "Stars"), "They shine."),
        (("Sky", "Stars", "Heat"), "They burn."),
        (("Sky", "Stars", "Heat", "Core"), "Hot."),
    ]


@pytest.mark.parametrize(
    ("title", "text", "kind", "term"),
    [
        ("Chapter 5 > Key Terms > acne", "acne: skin condition", "definition", "acne"),
        ("Chapter 5 > Key Terms > solution", "solution: liquid mixture", "definition", "solution"),
        (
            "Electronic Health Records (EHR)",
            "12. Electronic Health Records (EHR): They are charts.",
            "definition",
            "Electronic Health Records",
        ),
        ("Challenges", "16. Challenges: Despite the benefits there are some.", "definition", "Challenges"),
        ("Key takeaway", "Machine Learning: Machine Learning is a subset of AI.", "takeaway", ""),
        ("RNNs > Training > Summary", "They are slow.", "takeaway", ""),
        ("Chapter 5 > Chapter Review > 5.1 Layers", "The skin has layers.", "takeaway", ""),
        ("Conclusion", "In conclusion, it works.", "takeaway", ""),
        ("Introduction", "It began: slowly.", "passage", ""),
        ("Plasma > Layers", "p < 0.05 and q > 0.1, *n* = 5", "passage", ""),
    ],
)
def test_the_title_tells_the_kind(tmp_path: Path, title: str, text: str, kind: str, term: str) -> None:
    (chunk,) = chunks_of(read_beir_corpus(write_rows(tmp_path, row(text, title))))

    assert (chunk.kind, chunk.term) == (kind, term)


def test_rows_without_text_are_skipped_by_name(tmp_path: Path) -> None:
    course = read_beir_corpus(write_rows(tmp_path, row("", row_id="empty"), row("Text.", "", row_id="full")))

    assert [document.document_id for document in course.documents] == ["full"]
    assert [(file.source_name, file.reason) for file in course.skipped] == [("empty", "the row has no text")]
    assert course.documents[0].text == "Text."


def test_meta_json_names_the_course(tmp_path: Path) -> None:
    write_rows(tmp_path, row("Text."))
    (tmp_path / "meta.json").write_text('{"title": "A set"}')

    assert read_beir_corpus(tmp_path).title == "A set"


def test_what_is_no_corpus_is_refused_with_the_line(tmp_path: Path) -> None:
    with pytest.raises(CourseNotFound, match=r"no corpus\.jsonl or corpus\.jsonl\.gz"):
        read_beir_corpus(tmp_path)
    with pytest.raises(CourseFileInvalid, match="the id 'a/b#1' occurs twice"):
        read_beir_corpus(write_rows(tmp_path / "twice", row("x"), row("y")))
    with pytest.raises(CourseFileInvalid, match="line 2: "):
        read_beir_corpus(write_rows(tmp_path / "bad", row("x"), {"title": "no id"}))
    with pytest.raises(CourseNotFound, match="no row with text"):
        read_beir_corpus(write_rows(tmp_path / "none"))
    (tmp_path / "corpus.jsonl.gz").write_bytes(b"not gzip")
    with pytest.raises(CourseFileInvalid, match="gzip"):
        read_beir_corpus(tmp_path)


@given(title=st.text(), text=st.text())
def test_any_row_gives_exact_spans(tmp_path_factory: pytest.TempPathFactory, title: str, text: str) -> None:
    folder = write_rows(tmp_path_factory.mktemp("set"), row(f"x {text}", title))

    course = read_beir_corpus(folder)

    for chunk in chunks_of(course):
        assert course.documents[0].text[chunk.char_start : chunk.char_end] == chunk.text
