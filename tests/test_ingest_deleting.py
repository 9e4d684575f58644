"""Deleted means gone: at once from every answer, and from the disk with the next publish."""

from pathlib import Path

import pytest
from ingest_samples import COURSE, GIANTS, NEBULA, Workplace
from store_samples import places_with

from index.pg_generations import PgGenerations
from tutor.errors import CourseEmpty
from tutor.ingest.errors import UnknownSource
from tutor.state.courses import CourseRecord

pytest_plugins = ["postgres_server", "ingest_samples"]
pytestmark = pytest.mark.usefixtures("store")


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


def test_an_unknown_source_is_said(place: Workplace) -> None:
    with pytest.raises(UnknownSource):
        place.parts.intake.remove(COURSE, "nothing", actor="test")
