"""From a citation of a PDF to the page it stands on: its number, its printed label, its boxes, its picture."""

from pathlib import Path

import pytest
from ingest_samples import NEBULA
from pdf_samples import book
from service_samples import Sample, make_parts, make_sample

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
    arrivals = [Arrival("book.pdf", folder / "book.pdf"), Arrival("clouds.md", folder / "clouds.md")]
    receipt = parts.intake.bring("books", arrivals, actor="test")
    parts.intake.indexer.wait_for([receipt.job], progress=lambda *_: None)
    return make_sample(folder, parts=parts)


def test_a_span_of_a_pdf_tells_its_page_its_label_its_boxes_and_its_picture(sample: Sample) -> None:
    index = sample.library.tutor("books").index
    document = next(document for document in index.documents.values() if document.pages)
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
    document = next(d for d in sample.library.tutor("books").index.documents.values() if d.pages)

    reply = sample.get(f"{COURSE}/documents/{document.document_id}/pages/0.png?scale={scale}")

    assert reply.content.startswith(PNG)
    kept = {path.name for path in (sample.intake.uploads.parent / "pages" / document.source_sha256).iterdir()}
    assert kept <= {"0@0.5.png", "0@1.png", "3@2.png"}
