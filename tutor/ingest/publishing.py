"""A course is published: built beside the live index, opened, asked, judged, and only then switched to.

Whatever fails or is killed, some whole generation answers. The pointer says which; rows only describe, and
``reconcile`` makes them agree with it again.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from index.builder import Built, build_aside
from index.course_index import CourseIndex
from index.errors import AnotherWriter, IndexingError, NothingToIndex
from index.generation_store import GenerationStore, GenerationWriter, name_of_current
from index.generations import Pointer
from index.protocols import Embedder, Progress
from index.types import BuildReport
from tutor.ingest.assembling import Assembled, assemble
from tutor.ingest.compaction import compact
from tutor.ingest.errors import NotInThisState, ProbesFailed, PublishingNow, UnknownGeneration
from tutor.ingest.gate import Checks, ProbeReport, RegressionSet, Verdict
from tutor.ingest.generation_rows import note_held, note_live, note_withdrawn
from tutor.ingest.masking import mask_of
from tutor.ingest.probes import enough, probe
from tutor.ingest.settling import settle_sources
from tutor.state.blobs import BlobStore
from tutor.state.database import Database
from tutor.state.generations import (
    GenerationRecord,
    GenerationState,
    find_generation,
    generations_of,
    set_generation_state,
)
from tutor.state.sources import deleted_sources, sources_of

logger = logging.getLogger(__name__)

Outcome = Literal["live", "held", "unchanged", "empty"]


@dataclass(frozen=True, slots=True)
class Publication:
    """What a publish came to."""

    outcome: Outcome
    generation: str  # empty when the course has no text
    checks: Checks
    report: BuildReport | None


_NOTHING_ASKED = Checks(ProbeReport(0, 0, ()), ())


class Publisher:
    """Publishes courses of one installation.

    Args:
        database: Knows the sources and describes the generations.
        blobs: Holds what the sources say.
        generations: Where generations live.
        open_embedder: Gives what embeds the chunks, and later the queries; loaded at the first call.
        regression: The verified answers that a new generation must still give.
    """

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        generations: GenerationStore,
        open_embedder: Callable[[], Embedder],
        regression: RegressionSet,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._generations = generations
        self._open_embedder = open_embedder
        self._regression = regression
        # Whoever serves in this process may take the opened index over, so that no question waits for it to be opened.
        self.serve_next: Callable[[CourseIndex, Callable[[], None]], None] = lambda _, do_switch: do_switch()

    def publish(self, course_id: str, job_id: str, *, progress: Progress, rebuild: bool = False) -> Publication:
        """Build, check and switch; a generation whose verified answers changed is held instead.

        Raises:
            UnknownCourse: It was deleted meanwhile.
            PublishingNow: Another process is at it.
            ProbesFailed: The new index does not work; the one before answers on.
            OSError, IndexingError, StateError: The disk is full or fails; likewise.
        """
        with self._writing() as writer:
            assembled = assemble(self._database, self._blobs, course_id)
            try:
                built = build_aside(
                    assembled.course, self._open_embedder(), self._generations, writer, aliases=assembled.aliases,
                    progress=progress, rebuild=rebuild,
                )  # fmt: skip
            except NothingToIndex:
                publication = self._withdraw(writer, course_id)
            else:
                publication = self._judge_and_switch(writer, job_id, assembled, built, progress)
            refused = assembled.refused
            settle_sources(self._database, course_id, refused, waiting=publication.outcome == "held")
            compact(self._database, self._blobs, writer, course_id)
        return publication

    def accept(self, course_id: str, generation: str) -> GenerationRecord:
        """Let a held generation answer, whatever its checks said.

        Raises:
            UnknownGeneration, NotInThisState: There is none, or it is not held.
            IndexDamaged: It is not what was built.
            PublishingNow: Another process is at it.
        """
        return self._go_live(course_id, generation, "held")

    def restore(self, course_id: str, generation: str) -> GenerationRecord:
        """Let the generation before answer again.

        Raises:
            UnknownGeneration, NotInThisState: There is none, or it is not kept.
            IndexDamaged: It is not what was built.
            PublishingNow: Another process is at it.
        """
        return self._go_live(course_id, generation, "kept")

    def discard(self, course_id: str, generation: str) -> None:
        """Delete a held generation; the live one answers on.

        Raises:
            UnknownGeneration, NotInThisState: There is none, or it is not held.
            PublishingNow: Another process is at it.
        """
        with self._writing() as writer:
            self._find(course_id, generation, "held")
            with self._database.writing() as connection:
                set_generation_state(connection, course_id, [generation], "gone")
            self._prune(writer, course_id)

    def reconcile(self, course_id: str) -> None:
        """After a crash: let the rows agree with the pointer, and delete generations that no row knows.

        Raises:
            PublishingNow: Another process is at it.
        """
        with self._writing() as writer:
            live = name_of_current(self._generations, course_id)
            with self._database.reading() as connection:
                records = generations_of(connection, course_id, ("live",))
            named = {Pointer(record.generation, record.manifest_sha256) for record in records}
            if live and named != {self._generations.pointer(course_id)}:  # by what vouches, too: it may have moved
                self._note_what_answers(course_id)
            elif not live and named:
                note_withdrawn(self._database, course_id)
            self._prune(writer, course_id)

    def _judge_and_switch(
        self, writer: GenerationWriter, job_id: str, assembled: Assembled, built: Built, progress: Progress
    ) -> Publication:
        course_id = assembled.course.course_id
        generation, source_ids = built.pointer.generation, assembled.source_ids
        if built.is_live:
            with self._database.reading() as connection:
                known = find_generation(connection, course_id, generation)
            if known is None or known.state != "live" or known.source_ids != source_ids:
                index = self._open(course_id, built.pointer)
                checks = known.checks if known else _NOTHING_ASKED.to_json()
                note_live(self._database, index, built.pointer, source_ids, job_id=job_id, checks=checks)
            return Publication("unchanged", generation, _NOTHING_ASKED, built.report)
        progress("checking", 0, 1)
        try:
            index = self._open(course_id, built.pointer)
            verdict = self._judge(index)
        except BaseException:
            self._prune(writer, course_id)  # no row knows it
            raise
        progress("checking", 1, 1)
        progress("publishing", 0, 1)
        checks = verdict.checks.to_json()
        if verdict.passed:
            self.serve_next(index, lambda: writer.switch(course_id, built.pointer))
            note_live(self._database, index, built.pointer, source_ids, job_id=job_id, checks=checks)
            self._regression.adopt(index, new_words=False)
        else:
            note_held(self._database, index, built.pointer, source_ids, job_id=job_id, checks=checks)
        progress("publishing", 1, 1)
        return Publication("live" if verdict.passed else "held", generation, verdict.checks, built.report)

    def _judge(self, index: CourseIndex) -> Verdict:
        probes = probe(index)
        if not enough(probes):
            raise ProbesFailed(probes.found, probes.asked, probes.missed)
        with self._database.reading() as connection:
            mask = mask_of(connection, index.course_id, index.generation)
        try:
            seen = index.without(mask) if mask.chunk_ids else index
        except NothingToIndex:  # all of it is hidden: it gives no verified answer, live or not
            checks = Checks(probes, ())
        else:
            checks = Checks(probes, self._regression.check(seen))
        return Verdict(checks.holds, checks)

    def _go_live(self, course_id: str, generation: str, state: GenerationState) -> GenerationRecord:
        with self._writing() as writer:
            record = self._find(course_id, generation, state)
            pointer = Pointer(generation, record.manifest_sha256)
            index = self._open(course_id, pointer)
            self.serve_next(index, lambda: writer.switch(course_id, pointer))
            note_live(self._database, index, pointer, record.source_ids, job_id=record.job_id, checks=record.checks)
            self._regression.adopt(index, new_words=state == "held")
            settle_sources(self._database, course_id, {}, waiting=False)
            self._prune(writer, course_id)
        return self._find(course_id, generation, "live")

    def _find(self, course_id: str, generation: str, state: GenerationState) -> GenerationRecord:
        with self._database.reading() as connection:
            record = find_generation(connection, course_id, generation)
        if record is None or record.state == "gone":
            raise UnknownGeneration(course_id, generation)
        if record.state != state:
            raise NotInThisState(f"generation {generation!r}", record.state, state)
        return record

    def _withdraw(self, writer: GenerationWriter, course_id: str) -> Publication:
        writer.withdraw(course_id)
        note_withdrawn(self._database, course_id)
        return Publication("empty", "", _NOTHING_ASKED, None)

    def _note_what_answers(self, course_id: str) -> None:
        pointer = self._generations.pointer(course_id)
        try:
            index = self._open(course_id, pointer)
        except IndexingError as error:  # the doctor's business; the next publish builds it anew
            logger.error("cannot describe generation %s of course %s: %s", pointer.generation, course_id, error)
            return
        with self._database.reading() as connection:
            known = find_generation(connection, course_id, pointer.generation)
            sources = (*sources_of(connection, course_id), *deleted_sources(connection, course_id))
        if known is not None:
            source_ids, job_id, checks = known.source_ids, known.job_id, known.checks
        else:  # any source that can have been in it: to hide too much for a moment is better than too little
            source_ids = tuple(s.source_id for s in sources if not index.documents.keys().isdisjoint(s.document_ids))
            job_id, checks = "", _NOTHING_ASKED.to_json()
        note_live(self._database, index, pointer, source_ids, job_id=job_id, checks=checks)

    def _prune(self, writer: GenerationWriter, course_id: str) -> None:
        with self._database.reading() as connection:
            known = {g.generation for g in generations_of(connection, course_id)}
        writer.prune(course_id, keep=frozenset(known | {name_of_current(self._generations, course_id)}))

    def _open(self, course_id: str, pointer: Pointer) -> CourseIndex:
        return self._generations.open(course_id, self._open_embedder(), pointer=pointer)

    @contextmanager
    def _writing(self) -> Iterator[GenerationWriter]:
        try:
            with self._generations.writing() as writer:
                yield writer
        except AnotherWriter as error:
            raise PublishingNow(error.holder) from error
