"""The jobs behind uploads: kept before they are read, one after another, run again when a process died, and ended."""

import threading
from pathlib import Path
from typing import Any

import pytest
from hashing_embedder import HashingEmbedder
from ingest_samples import COURSE, GIANTS, NEBULA, Workplace, new_workplace, open_workplace

from index.types import Matrix
from tutor.ingest.job_report import Stopped
from tutor.state.jobs import MAX_ATTEMPTS, claim, find_job, next_queued

pytest_plugins = ["postgres_server", "ingest_samples"]
pytestmark = pytest.mark.usefixtures("store")


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
