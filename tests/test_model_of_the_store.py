"""The store against a model of it: whatever is done in whatever order, what stands in a course is found, and only that.

A dictionary knows what each course should say. Hypothesis uploads, changes, deletes, hides, shows, publishes, rolls
back, restarts, kills in the middle of a job, and asks. A small part runs always; ``TUTOR_FUZZ=full`` makes it 200 runs
of 50 steps.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from chosen_store import close_now
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from ingest_samples import open_workplace

from tutor.errors import CourseEmpty
from tutor.records.hiding import holding
from tutor.state import curation
from tutor.state.courses import CourseRecord
from tutor.state.generations import GenerationRecord, generations_of
from tutor.state.jobs import ENDED, jobs_of
from tutor.tutor import Tutor

FULL = os.environ.get("TUTOR_FUZZ") == "full"
COURSES = ("stars", "cells")
NAMES = ("one.md", "two.md", "three.md")
# Made up, and far from one another, or spelling would read one as another.
MARKERS = (
    "blorvex", "quimplaster", "zandoodle", "trifnugget", "wugmarine", "kestropod", "yablonite", "fizzgarn",
    "morpuddle", "skrantic", "heptalorn", "dwimbox",
)  # fmt: skip

courses, names, markers = st.sampled_from(COURSES), st.sampled_from(NAMES), st.sampled_from(MARKERS)


class Killed(BaseException):
    """The process dies here; nothing that handles errors sees it."""


def text_about(marker: str) -> str:
    return f"# Notes\n\n## Key terms\n\n- **{marker}**: A {marker} is a thing that nobody has ever seen in daylight.\n"


@dataclass
class Modelled:
    """What one course should be."""

    files: dict[str, tuple[str, str]] = field(default_factory=dict)  # name: (source id, marker), as last brought
    deleted: set[str] = field(default_factory=set)  # source ids
    hidden: set[str] = field(default_factory=set)  # markers
    said_by: dict[str, Mapping[str, str]] = field(default_factory=dict)  # generation: {source id: marker}
    live: str = ""

    def visible(self, generation: str) -> set[str]:
        said = self.said_by.get(generation, {})
        return {m for source, m in said.items() if source not in self.deleted and m not in self.hidden}


class Store(RuleBasedStateMachine):
    """The real parts of a service, in this process, over one data directory."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="course-tutor-model-"))
        self.place = open_workplace(self.folder)
        self.model = {course: Modelled() for course in COURSES}
        self.changed: set[str] = set()  # courses that have jobs left

    def teardown(self) -> None:
        close_now(self.place.parts)
        shutil.rmtree(self.folder)

    @initialize()
    def make_courses(self) -> None:
        for course in COURSES:
            self.place.parts.intake.create_course(CourseRecord(course, course.title()), actor="model")

    # --- what is done -------------------------------------------------------------------------------------------------

    @rule(course=courses, name=names, marker=markers)
    def bring(self, course: str, name: str, marker: str) -> None:
        receipt = self.place.bring((name, text_about(marker)), course=course)
        self.model[course].files[name] = (receipt.received[0].source.source_id, marker)
        self.changed.add(course)

    @rule(course=courses, name=names)
    def delete(self, course: str, name: str) -> None:
        if name in self.model[course].files:
            source_id, _ = self.model[course].files.pop(name)
            self.place.parts.intake.remove(course, source_id, actor="model")
            self.model[course].deleted.add(source_id)
            self.changed.add(course)

    @rule(course=courses, marker=markers)
    def hide(self, course: str, marker: str) -> None:
        if marker in self.model[course].visible(self.model[course].live):
            index = self.tutor(course).index  # type: ignore[union-attr]  # something is visible
            (words,) = [chunk.text for chunk in index.chunks if marker in chunk.text][:1]
            with self.place.parts.database.writing() as connection:
                for chunk in holding(words, index):
                    now = datetime.now(UTC)
                    passage = curation.HiddenPassage(course, chunk.chunk_id, chunk.document_id, words, "", "model", now)
                    curation.hide(connection, passage)
            self.model[course].hidden.add(marker)

    @rule(course=courses, marker=markers)
    def show(self, course: str, marker: str) -> None:
        if marker in self.model[course].hidden:
            with self.place.parts.database.writing() as connection:
                for one in curation.hidden(connection, course):
                    if marker in one.text:
                        curation.show(connection, course, one.chunk_id)
            self.model[course].hidden.remove(marker)

    @rule(course=courses, rebuild=st.booleans())
    def publish(self, course: str, rebuild: bool) -> None:
        self.place.parts.intake.publish(course, rebuild=rebuild, actor="model")
        self.changed.add(course)

    @precondition(lambda self: self.changed)
    @rule()
    def work(self) -> None:
        for course in COURSES:
            if left := self.jobs_left(course):
                ended = self.place.parts.intake.indexer.wait_for(left, progress=nobody)
                assert [(job.kind, job.state, job.error) for job in ended if job.state != "done"] == []
        for course in self.changed:
            model = self.model[course]
            model.live = self.generation(course)
            model.said_by[model.live] = dict(model.files.values())
        self.changed.clear()

    @precondition(lambda self: self.changed)
    @rule(step=st.integers(0, 12))
    def die_in_the_middle(self, step: int) -> None:
        steps = iter(range(step))

        def die(*_: object) -> None:
            if next(steps, None) is None:
                raise Killed

        for course in COURSES:
            try:
                self.place.parts.intake.indexer.wait_for(self.jobs_left(course), progress=die)
            except Killed:
                break
        self.restart()
        for course, model in self.model.items():
            wanted = {marker for _, marker in model.files.values() if marker not in model.hidden}
            assert self.found(course) <= model.visible(model.live) | wanted  # of before or after, or of a step between
        self.work()

    @rule(course=courses)
    def roll_back(self, course: str) -> None:
        kept = [g for g in self.generations(course, "kept") if g.generation in self.model[course].said_by]
        if kept and course not in self.changed:
            self.place.parts.intake.publisher.restore(course, kept[0].generation)
            self.model[course].live = kept[0].generation

    @rule()
    def restart(self) -> None:
        close_now(self.place.parts)
        self.place = open_workplace(self.folder)

    # --- what must hold -----------------------------------------------------------------------------------------------

    @invariant()
    def what_stands_in_a_course_is_found_and_nothing_else(self) -> None:
        for course, model in self.model.items():
            assert self.found(course) == model.visible(model.live), course

    @invariant()
    def the_generation_that_answers_is_the_published_one_and_its_counts_match(self) -> None:
        for course in COURSES:
            live = self.generations(course, "live")
            tutor = self.tutor(course)
            assert len(live) <= 1
            if tutor is not None:
                assert tutor.index.generation == live[0].generation
                whole = self.place.parts.library.courses()
                assert live[0].n_chunks >= len(tutor.index.chunks)
                assert {info.generation for info in whole if info.course_id == course} == {live[0].generation}

    # --- looking ------------------------------------------------------------------------------------------------------

    def found(self, course: str) -> set[str]:
        """The markers that an answer to a question about them cites, of either course's."""
        tutor = self.tutor(course)
        return {marker for marker in MARKERS if tutor is not None and cites(tutor, marker)}

    def tutor(self, course: str) -> Tutor | None:
        try:
            return self.place.parts.library.tutor(course)
        except CourseEmpty:  # without files, or all of it is hidden
            return None

    def generation(self, course: str) -> str:
        return next((g.generation for g in self.generations(course, "live")), "")

    def generations(self, course: str, state: str) -> tuple[GenerationRecord, ...]:
        with self.place.parts.database.reading() as connection:
            return generations_of(connection, course, (state,))  # type: ignore[arg-type]

    def jobs_left(self, course: str) -> list[object]:
        with self.place.parts.database.reading() as connection:
            return [job for job in jobs_of(connection, course) if job.state not in ENDED]


def cites(tutor: Tutor, marker: str) -> bool:
    answer = tutor.ask(f"What is a {marker}?")
    for citation in answer.citations:
        document = tutor.index.documents[citation.document_id]
        assert document.text[citation.char_start : citation.char_end] == citation.quote
    said = any(marker in statement.text for statement in answer.statements)
    assert said == any(marker in citation.quote for citation in answer.citations)
    return said


def nobody(*_: object) -> None:
    """Nobody watches."""


TestStore = Store.TestCase
TestStore.settings = settings(
    max_examples=200 if FULL else 6,
    stateful_step_count=50 if FULL else 25,
    deadline=None,
    derandomize=not FULL,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
