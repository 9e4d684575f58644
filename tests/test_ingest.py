"""Files become sources, sources become answers; what cannot be read says why, and nothing that was kept is lost."""

from pathlib import Path

import pytest
from hashing_embedder import HashingEmbedder
from ingest_samples import COURSE, DWARFS, GIANTS, NEBULA, Workplace, new_workplace

from corpus.errors import UnreadableFile
from corpus.types import ItemReport, SourceReading
from tutor.errors import CourseEmpty
from tutor.ingest.errors import CourseExists, NothingUploaded
from tutor.ingest.readings import read_here
from tutor.state.courses import CourseRecord
from tutor.state.published_chunks import find_published

pytest_plugins = ["postgres_server", "ingest_samples"]
pytestmark = pytest.mark.usefixtures("store")


def test_a_course_without_files_is_calm(place: Workplace) -> None:
    (info,) = place.parts.library.courses()

    assert (info.ready, info.generation) == (False, "")
    assert "no files yet" in info.reason
    assert place.parts.library.problems() == ()
    with pytest.raises(CourseEmpty):
        place.parts.library.tutor(COURSE)


def test_an_uploaded_file_answers(place: Workplace) -> None:
    job = place.add(("clouds.md", NEBULA), ("giants.md", GIANTS))

    assert (job.state, job.error) == ("done", "")
    assert {name: source.status for name, source in place.sources().items()} == {
        "clouds.md": "indexed",
        "giants.md": "indexed",
    }
    assert place.parts.library.tutor(COURSE).ask("What is a nebula?").status == "answered"


def test_the_same_bytes_under_the_same_name_are_no_new_version(place: Workplace) -> None:
    place.add(("clouds.md", NEBULA))
    generation = place.parts.library.tutor(COURSE).index.generation

    receipt = place.bring(("clouds.md", NEBULA))
    place.run(receipt.job)

    assert [item.arrived for item in receipt.received] == ["unchanged"]
    assert place.sources()["clouds.md"].version == 1
    assert place.parts.library.tutor(COURSE).index.generation == generation


def test_a_new_version_replaces_the_old_and_keeps_its_ids(place: Workplace) -> None:
    place.add(("clouds.md", NEBULA), ("giants.md", GIANTS))
    before = place.parts.library.tutor(COURSE).index

    job = place.add(("clouds.md", NEBULA.replace("gas and dust", "gas")))

    after = place.parts.library.tutor(COURSE).index
    assert place.sources()["clouds.md"].version == 2
    assert set(after.documents) == set(before.documents)
    assert {c.chunk_id for c in after.chunks if c.document_id == "giants"} == {
        c.chunk_id for c in before.chunks if c.document_id == "giants"
    }
    assert not any("dust" in chunk.text for chunk in after.chunks)
    assert job.result is not None
    assert job.result["n_reused"] > 0


@pytest.mark.parametrize("store", ["embedded"], indirect=True)
def test_document_ids_do_not_depend_on_the_order_of_uploads(tmp_path: Path) -> None:
    files = [("Week 1/intro.md", NEBULA), ("week-1/intro.md", GIANTS), ("week-1/intro.txt", DWARFS)]
    ids = []
    for number, order in enumerate((files, files[::-1])):
        (folder := tmp_path / str(number)).mkdir()
        place = new_workplace(folder)
        for file in order:
            place.add(file)
        ids.append({name: source.document_ids for name, source in place.sources().items()})

    assert ids[0] == ids[1]
    assert len({found for each in ids[0].values() for found in each}) == 3


def test_a_file_that_cannot_be_read_stops_no_other(place: Workplace) -> None:
    job = place.add(("broken.md", b"\xff\xfe\x00"), ("empty.md", b""), ("clouds.md", NEBULA), ("two.md", "# Only\n"))

    sources = place.sources()
    assert job.state == "done"
    assert sources["clouds.md"].status == "indexed"
    for name in ("broken.md", "empty.md", "two.md"):
        assert sources[name].status == "failed"
        assert sources[name].reason
    assert place.parts.library.tutor(COURSE).ask("What is a nebula?").status == "answered"


def test_a_new_version_that_cannot_be_read_leaves_the_old_one_answering(place: Workplace) -> None:
    place.add(("clouds.md", NEBULA))

    place.add(("clouds.md", b"\x00\x01"))

    source = place.sources()["clouds.md"]
    assert (source.status, source.version) == ("failed", 2)
    assert "the version before is still answered from" in source.reason
    assert place.parts.library.tutor(COURSE).ask("What is a nebula?").status == "answered"


def test_a_package_of_which_something_is_left_out_is_partly_indexed(tmp_path: Path) -> None:
    def read(path: Path, name: str, *, course_id: str, document_id: str) -> SourceReading:
        reading = read_here(path, name, course_id=course_id, document_id=document_id)
        return SourceReading(reading.documents, (*reading.items, ItemReport("quiz", "skipped", "quiz answers")))

    place = new_workplace(tmp_path, read=read)

    place.add(("clouds.md", NEBULA))

    source = place.sources()["clouds.md"]
    assert (source.status, source.reason) == ("partly", "quiz answers")
    assert [item.outcome for item in source.items] == ["read", "skipped"]


def test_a_file_without_text_says_so(tmp_path: Path) -> None:
    def read(path: Path, name: str, *, course_id: str, document_id: str) -> SourceReading:
        return SourceReading((), (ItemReport(name, "failed", "scanned pages: it needs OCR"),))

    place = new_workplace(tmp_path, read=read)

    place.add(("scan.pdf", b"%PDF-1.7"))

    source = place.sources()["scan.pdf"]
    assert source.status == "failed"
    assert "no text" in source.reason
    assert "OCR" in source.reason


def test_an_unchanged_file_is_not_read_again(tmp_path: Path) -> None:
    read_names: list[str] = []

    def read(path: Path, name: str, *, course_id: str, document_id: str) -> SourceReading:
        read_names.append(name)
        return read_here(path, name, course_id=course_id, document_id=document_id)

    place = new_workplace(tmp_path, read=read)
    place.add(("clouds.md", NEBULA))

    place.add(("clouds.md", NEBULA), ("giants.md", GIANTS))
    place.run(place.parts.intake.publish(COURSE, rebuild=False, actor="test"))
    assert read_names == ["clouds.md", "giants.md"]

    place.run(place.parts.intake.publish(COURSE, rebuild=True, actor="test"))
    assert read_names[2:] == ["clouds.md", "giants.md"]


def test_unchanged_chunks_are_not_embedded_again(tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    place = new_workplace(tmp_path, open_embedder=lambda: embedder)
    place.add(("clouds.md", NEBULA))
    embedder.embedded.clear()

    place.add(("giants.md", GIANTS))

    assert embedder.embedded
    assert not any("nebula" in text for text in embedder.embedded)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "a\0b.md",
        "x" * 5000 + ".md",
        "..",
        "",
        "C:\\lessons\\one.md",
        "\r\n",
        "\u202edm.md",
    ],
)
def test_any_name_is_only_a_label(place: Workplace, tmp_path: Path, name: str) -> None:
    outside = set(tmp_path.iterdir())

    place.add((name, NEBULA))

    (source,) = place.sources().values()
    assert source.status == "indexed"
    assert 0 < len(source.name) <= 300
    assert ".." not in source.name.split("/")
    assert not source.name.startswith("/")
    assert source.name.isprintable()
    assert set(tmp_path.iterdir()) - outside <= {tmp_path / "incoming"}


def test_nothing_uploaded_is_said(place: Workplace) -> None:
    with pytest.raises(NothingUploaded):
        place.bring()


def test_a_course_id_is_used_once(place: Workplace) -> None:
    with pytest.raises(CourseExists):
        place.parts.intake.create_course(CourseRecord(COURSE, "Again"), actor="test")


def test_every_chunk_that_was_live_is_kept_in_words(place: Workplace) -> None:
    place.add(("clouds.md", NEBULA))
    (old,) = [chunk for chunk in place.parts.library.tutor(COURSE).index.chunks if chunk.kind == "definition"]

    place.add(("clouds.md", NEBULA.replace("dust", "ice")))

    with place.parts.database.reading() as connection:
        kept = find_published(connection, COURSE, old.chunk_id)
    assert kept is not None
    assert (kept.text, kept.term) == (old.text, "nebula")
    assert kept.source_id == place.sources()["clouds.md"].source_id


def test_a_defect_in_a_reader_fails_the_file_and_not_the_job(tmp_path: Path) -> None:
    def read(path: Path, name: str, *, course_id: str, document_id: str) -> SourceReading:
        if name == "bad.md":
            raise RuntimeError("canary")
        if name == "locked.md":
            raise UnreadableFile(name, "it is locked by a password")
        return read_here(path, name, course_id=course_id, document_id=document_id)

    place = new_workplace(tmp_path, read=read)

    job = place.add(("bad.md", NEBULA), ("locked.md", NEBULA), ("good.md", GIANTS))

    assert job.state == "done"
    assert {name: s.status for name, s in place.sources().items()} == {
        "bad.md": "failed", "locked.md": "failed", "good.md": "indexed",
    }  # fmt: skip
    assert "canary" not in place.sources()["bad.md"].reason
    assert place.sources()["locked.md"].reason == "it is locked by a password"
