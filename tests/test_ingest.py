"""Files become sources, sources become answers; what cannot be read says why, and nothing that was kept is lost."""

import threading
from pathlib import Path
from typing import Any

import pytest
from hashing_embedder import HashingEmbedder
from ingest_samples import COURSE, DWARFS, GIANTS, NEBULA, Workplace, new_workplace, open_workplace
from store_samples import places_with

from corpus.errors import UnreadableFile
from corpus.types import ItemReport, SourceReading
from index.pg_generations import PgGenerations
from index.types import Matrix
from tutor.errors import CourseEmpty
from tutor.ingest.errors import CourseExists, NothingUploaded, UnknownSource
from tutor.ingest.job_report import Stopped
from tutor.ingest.readings import read_here
from tutor.state.courses import CourseRecord
from tutor.state.jobs import MAX_ATTEMPTS, claim, find_job, next_queued
from tutor.state.published_chunks import find_published

pytest_plugins = ["postgres_server"]
pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture
def place(tmp_path: Path, store: str) -> Workplace:
    return new_workplace(tmp_path)


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


def test_who_waits_for_a_job_is_told_that_the_process_ends(place: Workplace, tmp_path: Path) -> None:
    receipt = place.bring(("clouds.md", NEBULA))
    place.parts.intake.indexer.stop()

    with pytest.raises(Stopped):
        place.run(receipt.job)

    place.parts.close()
    assert open_workplace(tmp_path).run(receipt.job).state == "done"


def test_before_it_is_read_an_upload_is_kept(place: Workplace, tmp_path: Path) -> None:
    receipt = place.bring(("clouds.md", NEBULA))
    place.parts.close()

    again = open_workplace(tmp_path)

    source = again.sources()["clouds.md"]
    assert source.status == "queued"
    assert again.parts.blobs.read(source.sha256) == NEBULA.encode()
    assert again.run(receipt.job).state == "done"
    assert again.sources()["clouds.md"].status == "indexed"


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


def test_two_uploads_at_once_are_both_kept(place: Workplace) -> None:
    start = threading.Barrier(4)
    failures: list[Exception] = []

    def upload(number: int) -> None:
        folder = place.folder / f"by-{number}"
        folder.mkdir()
        start.wait()
        try:
            Workplace(place.parts, folder).bring((f"{number}.md", f"# Lesson {number}\n\nThis is lesson {number}.\n"))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    place.run(place.parts.intake.publish(COURSE, rebuild=False, actor="test"))

    assert failures == []
    assert {source.status for source in place.sources().values()} == {"indexed"}
    assert len(place.sources()) == 4


def test_the_same_new_name_twice_at_once_is_one_source_of_two_versions(place: Workplace) -> None:
    place.bring(("clouds.md", NEBULA))
    receipt = place.bring(("clouds.md", GIANTS))

    place.run(receipt.job)

    assert [(s.name, s.version, s.status) for s in place.sources().values()] == [("clouds.md", 2, "indexed")]
    assert not any("nebula" in text for text in place.texts("nebula"))


def test_nothing_uploaded_is_said(place: Workplace) -> None:
    with pytest.raises(NothingUploaded):
        place.bring()


def test_a_course_id_is_used_once(place: Workplace) -> None:
    with pytest.raises(CourseExists):
        place.parts.intake.create_course(CourseRecord(COURSE, "Again"), actor="test")


def test_a_removed_source_is_out_of_every_answer_before_any_job_runs(place: Workplace) -> None:
    place.add(("clouds.md", NEBULA), ("giants.md", GIANTS))
    assert any("nebula" in text for text in place.texts("nebula"))

    job = place.parts.intake.remove(COURSE, place.sources()["clouds.md"].source_id, actor="test")

    assert not any("nebula" in text for text in place.texts("nebula"))
    assert set(place.parts.library.tutor(COURSE).index.documents) == {"giants"}
    assert place.parts.library.tutor(COURSE).index.glossary.entries == ()
    assert place.run(job).state == "done"
    assert not any("nebula" in text for text in place.texts("nebula"))


def test_a_file_brought_again_after_it_was_removed_answers_again(place: Workplace) -> None:
    place.add(("clouds.md", NEBULA), ("giants.md", GIANTS))
    place.parts.intake.remove(COURSE, place.sources()["clouds.md"].source_id, actor="test")

    place.add(("clouds.md", NEBULA))

    assert place.parts.library.tutor(COURSE).ask("What is a nebula?").status == "answered"


def test_the_last_source_removed_leaves_a_calm_empty_course(place: Workplace) -> None:
    place.add(("clouds.md", NEBULA))

    job = place.parts.intake.remove(COURSE, place.sources()["clouds.md"].source_id, actor="test")

    with pytest.raises(CourseEmpty):
        place.parts.library.tutor(COURSE)
    assert place.run(job).state == "done"
    with pytest.raises(CourseEmpty):
        place.parts.library.tutor(COURSE)
    assert place.parts.library.problems() == ()


def test_what_was_deleted_is_nowhere_on_the_disk_after_the_next_publish(place: Workplace, tmp_path: Path) -> None:
    marker = "zyxomarkerwort"
    place.add(("secret.md", f"# Secret\n\nThe {marker} is a thing that must vanish.\n"), ("clouds.md", NEBULA))
    place.add(("giants.md", GIANTS))
    secret = place.sources()["secret.md"]
    data = tmp_path / "data"
    assert places_with(place.parts, data, marker)
    assert place.parts.blobs.verify(secret.sha256)

    place.run(place.parts.intake.remove(COURSE, secret.source_id, actor="test"))
    place.texts("nebula")

    gone_for_good(place)
    assert places_with(place.parts, data, marker) == []
    assert place.parts.library.tutor(COURSE).ask("What is a nebula?").status == "answered"


def gone_for_good(place: Workplace) -> None:
    """A database keeps a pruned generation for a minute, for questions that are on their way through it."""
    if isinstance(place.parts.generations, PgGenerations):
        PgGenerations(place.parts.generations.database, grace_s=0).sweep()


def test_a_deleted_course_is_gone_and_its_files_with_it(place: Workplace, tmp_path: Path) -> None:
    place.add(("clouds.md", NEBULA))

    place.parts.intake.delete_course(COURSE, actor="test")

    assert place.parts.library.courses() == ()
    place.parts.intake.create_course(CourseRecord("cells", "Cells"), actor="test")
    place.run(place.bring(("cells.md", "# Cells\n\nCells are small.\n"), course="cells").job)
    gone_for_good(place)
    assert not places_with(place.parts, tmp_path / "data", "cloud of gas")
    assert [info.course_id for info in place.parts.library.courses()] == ["cells"]


def test_every_chunk_that_was_live_is_kept_in_words(place: Workplace) -> None:
    place.add(("clouds.md", NEBULA))
    (old,) = [chunk for chunk in place.parts.library.tutor(COURSE).index.chunks if chunk.kind == "definition"]

    place.add(("clouds.md", NEBULA.replace("dust", "ice")))

    with place.parts.database.reading() as connection:
        kept = find_published(connection, COURSE, old.chunk_id)
    assert kept is not None
    assert (kept.text, kept.term) == (old.text, "nebula")
    assert kept.source_id == place.sources()["clouds.md"].source_id


def test_a_job_whose_process_died_is_run_again_and_given_up_after_the_third_time(
    place: Workplace, tmp_path: Path
) -> None:
    place.parts.close()
    statuses = []
    receipt = None
    for _ in range(MAX_ATTEMPTS):
        dying = open_workplace(tmp_path)
        receipt = receipt or dying.bring(("clouds.md", NEBULA))
        with dying.parts.database.writing() as connection:
            waiting = next_queued(connection)
            assert waiting is not None
            assert claim(connection, waiting, "a process that is killed now") is not None
        statuses.append(dying.sources()["clouds.md"].status)
        dying.parts.close()
        again = open_workplace(tmp_path)
        again.parts.intake.indexer._recover()  # as whoever is elected does, and then is killed, too
        again.parts.close()
    last = open_workplace(tmp_path)
    assert receipt is not None
    ended = last.run(receipt.job)

    assert ended.state == "failed"
    assert "ended 3 times" in ended.error
    assert last.sources()["clouds.md"].status == "failed"
    assert (
        last.run(last.parts.intake.retry(COURSE, last.sources()["clouds.md"].source_id, actor="test")).state == "done"
    )
    assert last.sources()["clouds.md"].status == "indexed"


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


def test_a_job_that_fails_while_publishing_ends_with_its_sources(tmp_path: Path) -> None:
    class Broken(HashingEmbedder):
        def embed_passages(self, *_: Any, **__: Any) -> Matrix:
            raise OSError(28, "No space left on device")

    place = new_workplace(tmp_path, open_embedder=Broken)

    job = place.add(("clouds.md", NEBULA))

    assert (job.state, job.error) == ("failed", "No space left on device")
    assert place.sources()["clouds.md"].status == "failed"
    assert "No space left" in place.sources()["clouds.md"].reason
    place.parts.close()
    well = open_workplace(tmp_path)
    assert well.run(well.parts.intake.retry(COURSE, place.sources()["clouds.md"].source_id, actor="t")).state == "done"


def test_progress_runs_through_the_stages(place: Workplace) -> None:
    told: list[tuple[str, int, int]] = []
    receipt = place.bring(("clouds.md", NEBULA), ("giants.md", GIANTS))

    place.parts.intake.indexer.wait_for([receipt.job], progress=lambda *step: told.append(step))

    stages = list(dict.fromkeys(stage for stage, _, _ in told))
    assert stages == ["reading", "chunking", "embedding", "indexing", "checking", "publishing"]
    with place.parts.database.reading() as connection:
        job = find_job(connection, COURSE, receipt.job.job_id)
    assert job is not None
    assert job.stage == "publishing"
    assert job.heartbeat_at is not None


def test_an_unknown_source_is_said(place: Workplace) -> None:
    with pytest.raises(UnknownSource):
        place.parts.intake.remove(COURSE, "nothing", actor="test")
