"""Courses, documents, sources and the glossary over HTTP."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from chosen_store import generations_at
from hashing_embedder import HashingEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st
from index_samples import document_of
from service_samples import Sample, make_parts, make_sample, shared_sample

from corpus.types import Course, Document, Section
from index.builder import publish_course
from tutor.api.excerpts import excerpt
from tutor.api.paging import page_of
from tutor.state.courses import CourseRecord

STARS = "/api/v1/courses/stars"


@pytest.fixture(scope="module")
def sample() -> Sample:
    return shared_sample()


def test_courses_are_listed_with_their_state(sample: Sample) -> None:
    courses = sample.get("/api/v1/courses").json()["courses"]

    assert [course["course_id"] for course in courses] == ["cells", "stars"]
    assert all(course["ready"] and course["generation"] and course["n_chunks"] for course in courses)
    assert sample.get(STARS).json() == courses[1]


def test_the_glossary_comes_in_pages_that_join_to_the_whole(sample: Sample) -> None:
    whole = sample.get(f"{STARS}/glossary").json()
    first = sample.get(f"{STARS}/glossary?limit=1")
    second = sample.get(f"{STARS}/glossary?limit=1&cursor={first.json()['next_cursor']}").json()

    assert [entry["term"] for entry in whole["entries"]] == ["nebula", "red giant"]
    assert whole["next_cursor"] is None
    assert first.json()["entries"] + second["entries"] == whole["entries"]
    assert second["next_cursor"] is None
    assert 'rel="next"' in first.headers["link"]


def test_a_term_says_where_it_is_defined(sample: Sample) -> None:
    definition = sample.get(f"{STARS}/glossary").json()["entries"][0]["definitions"][0]

    text = sample.get(f"{STARS}/documents/{definition['document_id']}").json()["text"]
    assert text[definition["char_start"] : definition["char_end"]] == definition["text"]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=%%%", "cursor=bm9wZQ", "cursor=%C3%A9"])
def test_pages_that_do_not_exist_are_refused(sample: Sample, query: str) -> None:
    reply = sample.get(f"{STARS}/glossary?{query}")

    assert reply.status_code == 422
    assert reply.json()["errors"][0]["pointer"] in ("limit", "cursor")


def test_documents_are_listed_without_their_text(sample: Sample) -> None:
    listed = sample.get(f"{STARS}/documents").json()["documents"]

    document = sample.get(listed[0]["url"]).json()
    assert listed[0]["n_chars"] == len(document["text"])
    assert listed[0]["n_sections"] == len(document["sections"])
    assert "text" not in listed[0]


def test_a_source_joins_to_one_stretch_of_the_document(sample: Sample) -> None:
    text = sample.get(f"{STARS}/documents/lesson").json()["text"]
    start = text.index("A nebula")
    end = start + len("A nebula is a cloud")

    source = sample.get(f"{STARS}/documents/lesson/source?start={start}&end={end}&context=40").json()

    assert source["text"] == "A nebula is a cloud"
    assert source["before"] + source["text"] + source["after"] == text[source["excerpt_start"] : source["excerpt_end"]]
    assert source["heading_path"] == ["Stars", "Key terms"]
    assert source["previous"]["heading_path"] == ["Stars"]
    assert source["next"]["heading_path"] == ["Stars", "Giants"]


@pytest.mark.parametrize("query", ["start=5&end=4", "start=0&end=100000", "start=-1&end=4", "start=0", "start=a&end=b"])
def test_a_span_outside_the_document_is_refused(sample: Sample, query: str) -> None:
    reply = sample.get(f"{STARS}/documents/lesson/source?{query}")

    assert reply.status_code == 422
    assert reply.json()["errors"]


@pytest.mark.parametrize(
    "path",
    ["/api/v1/courses/none", f"{STARS}/documents/none", f"{STARS}/documents/none/source?start=0&end=0"],
)
def test_what_is_not_there_is_a_problem_404(sample: Sample, path: str) -> None:
    reply = sample.get(path)

    assert reply.status_code == 404
    assert reply.json()["code"] in ("unknown_course", "unknown_document")


STRANGE_IDS = [
    "plain",
    "a/b/c",
    "x#y?z=1&w",
    "mit Leerzeichen",
    "日本語",
    "100%",
    "%2F",
    "a/source",
    "source",
    "a//b",
    "ß;=,",
]


def strangely_called(name: str) -> Document:
    document = document_of([f"This is the document that is called {name}."], document_id=name)
    return replace(document, sections=(Section(name, 0, (name,), 0, len(document.text)),))


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A course whose documents are called what no file would be."""
    folder = tmp_path_factory.mktemp("strange")
    documents = tuple(map(strangely_called, STRANGE_IDS))
    publish_course(Course("stars", "Strange", documents), HashingEmbedder(), generations_at(folder))
    parts = make_parts(folder, bundled=[])
    parts.intake.create_course(CourseRecord("stars", "Strange"), actor="test")
    parts.library.load()
    return make_sample(folder, parts=parts)


@pytest.mark.parametrize("name", STRANGE_IDS)
def test_a_document_id_may_hold_any_character(strange: Sample, name: str) -> None:
    path = f"{STARS}/documents/{quote(name, safe='')}"

    document = strange.get(path).json()
    source = strange.get(f"{path}/source?start=0&end=4").json()

    assert document.get("document_id") == name
    assert document["text"] == f"This is the document that is called {name}."
    assert (source["document_id"], source["text"]) == (name, "This")


def test_documents_listed_by_a_course_open_by_their_url(strange: Sample) -> None:
    listed = strange.get(f"{STARS}/documents?limit=200").json()["documents"]

    assert sorted(document["document_id"] for document in listed) == sorted(STRANGE_IDS)
    for document in listed:
        assert strange.get(document["url"]).json()["document_id"] == document["document_id"]


@settings(max_examples=60)
@given(text=st.text(min_size=1, max_size=80), data=st.data(), context=st.integers(0, 100))
def test_any_excerpt_is_one_stretch_around_its_span(text: str, data: st.DataObject, context: int) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))

    cut = excerpt(document_of([text]), start, end, context=context, generation="g")

    assert cut.text == text[start:end]
    assert cut.before + cut.text + cut.after == text[cut.excerpt_start : cut.excerpt_end]
    assert len(cut.before) <= context
    assert len(cut.after) <= context


@settings(max_examples=60)
@given(items=st.lists(st.text(max_size=5), unique=True, max_size=30), limit=st.integers(1, 10))
def test_pages_hold_every_item_once_in_order(items: list[str], limit: int) -> None:
    read: list[str] = []
    cursor: str | None = None
    while True:
        page, cursor = page_of(items, key=str, cursor=cursor, limit=limit)
        read.extend(page)
        assert len(page) <= limit
        if cursor is None:
            break

    assert read == items


def test_the_folder_of_the_sample_is_not_told_to_anybody(sample: Sample) -> None:
    replies = [sample.get(path).text for path in ("/api/v1/courses", f"{STARS}/documents", "/readyz")]

    assert not any(str(Path.cwd().anchor) + "tmp" in reply for reply in replies)
