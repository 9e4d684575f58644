"""From a citation of a PDF to the page it stands on: its number, its printed label, its boxes, its picture."""

from pathlib import Path

import pytest
from hostile_archives import zip_of
from ingest_samples import NEBULA
from pdf_samples import book
from service_samples import Sample, make_parts, make_sample

from corpus.types import Document
from tutor.ingest.receiving import Arrival
from tutor.state.courses import CourseRecord

COURSE = "/api/v1/courses/books"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder: Path = tmp_path_factory.mktemp("books")
    parts = make_parts(folder, bundled=[])
    parts.library.load()
    parts.intake.create_course(CourseRecord("books", "Books"), actor="test")
    data, _ = book(6, 2)
    (folder / "book.pdf").write_bytes(data)
    (folder / "clouds.md").write_text(NEBULA)
    (folder / "week.zip").write_bytes(zip_of({"reading/essay.pdf": book(3, 1)[0], "a.md": "# Notes\n\nRead it.\n"}))
    arrivals = [Arrival(name, folder / name) for name in ("book.pdf", "clouds.md", "week.zip")]
    receipt = parts.intake.bring("books", arrivals, actor="test")
    parts.intake.indexer.wait_for([receipt.job], progress=lambda *_: None)
    return make_sample(folder, parts=parts)


def named(sample: Sample, name: str) -> Document:
    """The document with pages whose file is called so."""
    documents = sample.library.tutor("books").index.documents.values()
    return next(one for one in documents if one.document_id.startswith(name) and one.pages)


def test_a_span_of_a_pdf_tells_its_page_its_label_its_boxes_and_its_picture(sample: Sample) -> None:
    document = named(sample, "book")
    page = document.pages[3]
    start = page.char_start

    view = sample.get(f"{COURSE}/documents/{document.document_id}/source?start={start}&end={start + 20}").json()

    assert (view["page"]["index"], view["page"]["number"], view["page"]["label"]) == (3, 4, page.label)
    assert view["boxes"]
    assert all(box["page_index"] == 3 and box["left"] < box["right"] for box in view["boxes"])
    picture = sample.get(view["page"]["image_url"])
    assert picture.status_code == 200, picture.text
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(PNG)
    assert sample.get(view["page"]["image_url"]).content == picture.content


def test_a_text_has_no_page_and_no_picture(sample: Sample) -> None:
    view = sample.get(f"{COURSE}/documents/clouds/source?start=0&end=4").json()
    picture = sample.get(f"{COURSE}/documents/clouds/pages/0.png")

    assert (view["page"], view["boxes"], view["link"], view["source_name"]) == (None, [], "", "clouds.md")
    assert (picture.status_code, picture.json()["code"]) == (404, "no_page_image")


@pytest.mark.parametrize("scale", [0.5, 0.51, 1])
def test_pictures_of_about_one_size_are_drawn_once(sample: Sample, scale: float) -> None:
    document = named(sample, "book")

    reply = sample.get(f"{COURSE}/documents/{document.document_id}/pages/0.png?scale={scale}")

    assert reply.content.startswith(PNG)
    kept = {path.name for path in (sample.intake.uploads.parent / "pages" / document.source_sha256).iterdir()}
    assert kept <= {"0@0.5.png", "0@1.png", "3@2.png"}


def test_a_pdf_in_a_package_has_pictures_of_its_own_pages(sample: Sample) -> None:
    essay, whole_book = named(sample, "week"), named(sample, "book")
    start = essay.pages[2].char_start

    view = sample.get(f"{COURSE}/documents/{essay.document_id}/source?start={start}&end={start + 20}").json()
    pictures = [sample.get(f"{COURSE}/documents/{one.document_id}/pages/2.png") for one in (essay, whole_book)]

    assert (view["page"]["index"], view["page"]["label"]) == (2, "2")
    assert sample.get(view["page"]["image_url"]).content == pictures[0].content
    assert [picture.content[:8] for picture in pictures] == [PNG, PNG]
    assert pictures[0].content != pictures[1].content
    assert sample.get(f"{COURSE}/documents/{essay.document_id}/pages/3.png").json()["code"] == "no_page_image"
