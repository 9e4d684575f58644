"""A new index is built beside the live one, asked, judged, and switched to, held, or dropped; one step back is kept."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hashing_embedder import HashingEmbedder
from ingest_samples import COURSE, DWARFS, GIANTS, NEBULA, Workplace, new_workplace, open_workplace
from store_samples import add_orphan, change_manifest, cut_documents, kept_generations

from index.course_index import CourseIndex
from index.errors import IndexDamaged
from index.generations import Pointer
from tutor.errors import CourseEmpty
from tutor.ingest import publishing
from tutor.ingest.errors import NotInThisState, ProbesFailed, PublishingNow, UnknownGeneration
from tutor.ingest.gate import ProbeReport, VerifiedCheck, VerifiedOutcome
from tutor.state.curation import Alias, HiddenPassage, Note, add_alias, add_note, hide, remove_note
from tutor.state.generations import GenerationRecord, generations_of
from tutor.state.ids import new_id

pytest_plugins = ["postgres_server"]
pytestmark = pytest.mark.usefixtures("store")


class Guard:
    """A regression set of one question that can be told what to find."""

    def __init__(self) -> None:
        self.outcome: VerifiedOutcome = "same"
        self.asked: list[CourseIndex] = []
        self.adopted: list[tuple[str, bool]] = []

    def check(self, index: CourseIndex) -> tuple[VerifiedCheck, ...]:
        self.asked.append(index)
        return (VerifiedCheck("v1", "What is a nebula?", self.outcome, ("then",), ("now",)),)

    def adopt(self, index: CourseIndex, *, new_words: bool) -> None:
        self.adopted.append((index.generation, new_words))


@pytest.fixture
def guard() -> Guard:
    return Guard()


@pytest.fixture
def place(tmp_path: Path, store: str, guard: Guard) -> Workplace:
    return new_workplace(tmp_path, regression=guard)


def generations(place: Workplace) -> dict[str, GenerationRecord]:
    with place.parts.database.reading() as connection:
        return {found.state: found for found in generations_of(connection, COURSE)}


def live(place: Workplace) -> str:
    return place.parts.library.tutor(COURSE).index.generation


def folders(place: Workplace) -> set[str]:
    return kept_generations(place.parts.generations, COURSE)


def test_a_first_index_goes_live_and_its_checks_are_kept(place: Workplace) -> None:
    place.add(("clouds.md", NEBULA))

    (found,) = generations(place).values()
    assert (found.state, found.generation) == ("live", live(place))
    assert found.checks["probes"]["asked"] == found.checks["probes"]["found"] > 0
    assert found.checks["verified"][0]["outcome"] == "same"
    assert found.published_at is not None


def test_the_index_before_is_kept_and_those_before_it_are_gone(place: Workplace) -> None:
    names = []
    for file in (("a.md", NEBULA), ("b.md", GIANTS), ("c.md", DWARFS)):
        place.add(file)
        names.append(live(place))

    assert {state: found.generation for state, found in generations(place).items()} == {
        "live": names[2],
        "kept": names[1],
    }
    assert folders(place) == set(names[1:])


@pytest.mark.parametrize("outcome", ["changed", "lost"])
def test_a_verified_answer_that_changes_holds_the_new_index(
    place: Workplace, guard: Guard, outcome: VerifiedOutcome
) -> None:
    place.add(("clouds.md", NEBULA))
    before = live(place)
    guard.outcome = outcome

    job = place.add(("giants.md", GIANTS))

    held = generations(place)["held"]
    assert job.state == "held"
    assert live(place) == before
    assert held.checks["verified"][0] == {
        "verified_id": "v1", "question": "What is a nebula?", "outcome": outcome, "before": ["then"], "now": ["now"],
    }  # fmt: skip
    assert held.generation in folders(place)
    source = place.sources()["giants.md"]
    assert source.status == "read"
    assert "waits" in source.reason


def test_a_held_index_that_is_accepted_answers(place: Workplace, guard: Guard) -> None:
    place.add(("clouds.md", NEBULA))
    before = live(place)
    guard.outcome = "changed"
    place.add(("giants.md", GIANTS))
    held = generations(place)["held"].generation

    place.parts.intake.publisher.accept(COURSE, held)

    assert live(place) == held
    assert guard.adopted == [(before, False), (held, True)]
    assert {state: found.generation for state, found in generations(place).items()} == {"live": held, "kept": before}
    assert (place.sources()["giants.md"].status, place.sources()["giants.md"].reason) == ("indexed", "")


def test_a_held_index_that_is_discarded_is_deleted(place: Workplace, guard: Guard) -> None:
    place.add(("clouds.md", NEBULA))
    before = live(place)
    guard.outcome = "lost"
    place.add(("giants.md", GIANTS))
    held = generations(place)["held"].generation

    place.parts.intake.publisher.discard(COURSE, held)

    assert live(place) == before
    assert folders(place) == {before}
    with pytest.raises(UnknownGeneration):
        place.parts.intake.publisher.accept(COURSE, held)


def test_a_newer_index_takes_the_place_of_one_that_waits(place: Workplace, guard: Guard) -> None:
    place.add(("clouds.md", NEBULA))
    guard.outcome = "changed"
    place.add(("giants.md", GIANTS))
    waited = generations(place)["held"].generation

    place.add(("dwarfs.md", DWARFS))

    assert generations(place)["held"].generation != waited
    assert waited not in folders(place)
    guard.outcome = "same"
    assert place.run(place.parts.intake.publish(COURSE, rebuild=False, actor="test")).state == "done"
    assert "held" not in generations(place)
    assert {s.status for s in place.sources().values()} == {"indexed"}


def test_the_index_before_can_be_restored(place: Workplace) -> None:
    place.add(("clouds.md", NEBULA))
    first = live(place)
    place.add(("giants.md", GIANTS))
    second = live(place)

    place.parts.intake.publisher.restore(COURSE, first)

    assert live(place) == first
    assert generations(place)["kept"].generation == second
    with pytest.raises(NotInThisState, match="kept"):
        place.parts.intake.publisher.accept(COURSE, second)
    assert place.run(place.parts.intake.publish(COURSE, rebuild=False, actor="test")).state == "done"
    assert any("red giant" in text for text in place.texts("giant"))


def test_a_kept_index_that_was_damaged_is_not_restored(place: Workplace) -> None:
    place.add(("clouds.md", NEBULA))
    first = live(place)
    place.add(("giants.md", GIANTS))
    change_manifest(place.parts.generations, COURSE, first, b"Stars", b"Staro")

    with pytest.raises(IndexDamaged):
        place.parts.intake.publisher.restore(COURSE, first)

    assert live(place) != first


def test_what_was_deleted_stays_hidden_in_an_index_that_is_restored(place: Workplace) -> None:
    place.add(("clouds.md", NEBULA), ("giants.md", GIANTS))
    first = live(place)
    place.add(("dwarfs.md", DWARFS))
    place.parts.intake.remove(COURSE, place.sources()["clouds.md"].source_id, actor="test")

    place.parts.intake.publisher.restore(COURSE, first)

    assert not any("nebula" in text for text in place.texts("nebula"))
    assert any("red giant" in text for text in place.texts("giant"))


def test_an_index_that_does_not_find_its_own_definitions_is_dropped(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.add(("clouds.md", NEBULA))
    before = live(place)
    monkeypatch.setattr(publishing, "probe", lambda index: ProbeReport(20, 3, ("What is a nebula?",)))

    job = place.add(("giants.md", GIANTS))

    assert job.state == "failed"
    assert str(ProbesFailed(3, 20, ("What is a nebula?",))) == job.error
    assert live(place) == before
    assert folders(place) == {before}
    assert place.sources()["giants.md"].status == "failed"


def test_two_publishers_do_not_meet(place: Workplace, guard: Guard) -> None:
    place.add(("clouds.md", NEBULA))
    guard.outcome = "changed"
    place.add(("giants.md", GIANTS))
    held = generations(place)["held"].generation

    with place.parts.generations.writing(), pytest.raises(PublishingNow, match="try again"):
        place.parts.intake.publisher.accept(COURSE, held)


def test_rows_follow_the_pointer_after_a_crash_between_the_two(place: Workplace, guard: Guard) -> None:
    place.add(("clouds.md", NEBULA))
    guard.outcome = "changed"
    place.add(("giants.md", GIANTS))
    held = generations(place)["held"]
    with place.parts.generations.writing() as writer:
        writer.switch(COURSE, Pointer(held.generation, held.manifest_sha256))
    assert generations(place)["live"].generation != held.generation

    place.parts.intake.publisher.reconcile(COURSE)

    assert generations(place)["live"].generation == held.generation == live(place)
    assert "held" not in generations(place)


def test_an_index_that_no_row_knows_is_described_when_it_answers_and_deleted_when_not(place: Workplace) -> None:
    place.add(("clouds.md", NEBULA))
    pointer = place.parts.generations.pointer(COURSE)
    add_orphan(place.parts.generations, COURSE)
    with place.parts.database.writing() as connection:
        connection.exec_driver_sql("delete from generations")

    place.parts.intake.publisher.reconcile(COURSE)

    found = generations(place)["live"]
    assert (found.generation, found.manifest_sha256) == (pointer.generation, pointer.manifest_sha256)
    assert found.source_ids == (place.sources()["clouds.md"].source_id,)
    assert folders(place) == {pointer.generation}


def test_an_alias_finds_the_definition_after_a_publish(place: Workplace) -> None:
    place.add(("clouds.md", NEBULA))
    now = place.sources()["clouds.md"].created_at
    with place.parts.database.writing() as connection:
        add_alias(connection, Alias(COURSE, new_id(), "Nebula", "stellar nursery", "t", now))

    place.run(place.parts.intake.publish(COURSE, rebuild=False, actor="test"))

    entry = place.parts.library.tutor(COURSE).index.glossary.entries[0]
    assert "stellar nursery" in entry.aliases
    assert place.parts.library.tutor(COURSE).search("What is a stellar nursery?")[0].chunk.term == "nebula"


def test_notes_are_a_source_that_comes_and_goes(place: Workplace) -> None:
    place.add(("clouds.md", NEBULA))
    now = place.sources()["clouds.md"].created_at
    note = Note(COURSE, new_id(), "pulsar", ("lighthouse star",), "A pulsar is a star that sends pulses.", "t", now)
    publish: Callable[[], object] = lambda: place.run(  # noqa: E731
        place.parts.intake.publish(COURSE, rebuild=False, actor="test")
    )
    with place.parts.database.writing() as connection:
        add_note(connection, note)

    publish()

    source = place.sources()["Instructor's notes"]
    assert (source.kind, source.status) == ("notes", "indexed")
    answer = place.parts.library.tutor(COURSE).ask("What is a pulsar?")
    assert [citation.document_title for citation in answer.citations] == ["Instructor's notes"]
    assert "lighthouse star" in {
        alias for entry in place.parts.library.tutor(COURSE).index.glossary.entries for alias in entry.aliases
    }

    with place.parts.database.writing() as connection:
        remove_note(connection, COURSE, note.note_id)
    publish()

    assert "Instructor's notes" not in place.sources()
    assert not any("pulsar" in text for text in place.texts("pulsar"))


def test_a_hidden_passage_stays_hidden_across_an_index_built_anew(place: Workplace) -> None:
    place.add(("clouds.md", NEBULA), ("giants.md", GIANTS))
    chunk = place.parts.library.tutor(COURSE).search("nebula")[0].chunk
    hidden = HiddenPassage(
        COURSE, chunk.chunk_id, chunk.document_id, chunk.text, "wrong", "t", place.sources()["clouds.md"].created_at
    )
    with place.parts.database.writing() as connection:
        hide(connection, hidden)

    assert chunk.text not in place.texts("nebula")
    place.add(("dwarfs.md", DWARFS))
    assert chunk.text not in place.texts("nebula")


@pytest.mark.parametrize("commits", [True, False])
def test_a_mask_that_was_prepared_is_taken_when_the_rows_say_so_and_only_then(
    place: Workplace, monkeypatch: pytest.MonkeyPatch, *, commits: bool
) -> None:
    place.add(("clouds.md", NEBULA), ("giants.md", GIANTS))
    source = place.sources()["clouds.md"]
    library = place.parts.library
    before = library.tutor(COURSE)

    library.prepare(COURSE, lambda mask: mask.hiding(document_ids=source.document_ids))
    assert library.tutor(COURSE) is before
    monkeypatch.setattr(CourseIndex, "without", None)  # nothing is left to be computed while a question waits
    if commits:
        place.parts.intake.remove(COURSE, source.source_id, actor="test")

    assert any("nebula" in text for text in place.texts("nebula")) is not commits


def test_verified_answers_are_asked_of_what_learners_will_see(place: Workplace, guard: Guard) -> None:
    place.add(("clouds.md", NEBULA), ("giants.md", GIANTS))
    chunk = place.parts.library.tutor(COURSE).search("nebula")[0].chunk
    created = place.sources()["clouds.md"].created_at
    with place.parts.database.writing() as connection:
        hide(connection, HiddenPassage(COURSE, chunk.chunk_id, chunk.document_id, chunk.text, "", "t", created))

    place.add(("dwarfs.md", DWARFS))

    assert chunk.chunk_id not in {found.chunk_id for found in guard.asked[-1].chunks}


def test_a_course_of_which_all_that_is_left_is_hidden_is_published_so_that_what_was_deleted_goes(
    place: Workplace, tmp_path: Path
) -> None:
    place.add(("clouds.md", NEBULA), ("giants.md", GIANTS))
    chunk = place.parts.library.tutor(COURSE).search("nebula")[0].chunk
    giants = place.sources()["giants.md"]
    with place.parts.database.writing() as connection:
        hidden = HiddenPassage(COURSE, chunk.chunk_id, chunk.document_id, chunk.text, "", "t", giants.created_at)
        hide(connection, hidden)

    job = place.run(place.parts.intake.remove(COURSE, giants.source_id, actor="test"))

    assert (job.state, job.error) == ("done", "")
    with pytest.raises(CourseEmpty):
        place.parts.library.tutor(COURSE)
    kept = [
        path
        for path in (tmp_path / "data" / "index").rglob("*")
        if path.is_file() and b"red giant" in path.read_bytes()
    ]
    assert kept == []


def test_a_damaged_index_is_built_anew_by_the_next_publish(place: Workplace, tmp_path: Path) -> None:
    place.add(("clouds.md", NEBULA))
    cut_documents(place.parts.generations, COURSE, live(place))
    place.parts.close()
    again = open_workplace(tmp_path, open_embedder=HashingEmbedder)
    assert again.parts.library.problems()

    again.run(again.parts.intake.publish(COURSE, rebuild=False, actor="test"))

    assert again.parts.library.tutor(COURSE).ask("What is a nebula?").status == "answered"
    assert again.parts.library.problems() == ()
