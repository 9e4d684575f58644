"""The courses of one installation: which there are, whether they can serve, and the tutor of each.

A library is loaded once, in the background of a server that already answers ``/livez``. Afterwards it follows each
course's published generation and what is hidden of it: a re-index or a deletion counts from the next question on, and
a generation that does not pass its checks leaves the one before in service. It holds open what there is room for, and
opens the rest when it is asked.
"""

import logging
import threading
from collections.abc import Callable, Mapping

from index.course_index import CourseIndex
from index.errors import IndexingError, IndexUnreachable, NothingToIndex
from index.generation_store import GenerationStore
from index.mask import NOTHING_HIDDEN, Mask
from index.protocols import Embedder, Progress, Reranker
from tutor.course_info import CourseInfo, Glance, ready, reason_of, waiting
from tutor.errors import NO_FILE, CourseEmpty, CourseNotReady, UnknownCourse
from tutor.kept_courses import KeptCourses
from tutor.open_courses import Closed, OpenCourse, OpenCourses
from tutor.state.courses import CourseRecord
from tutor.state.database import Database
from tutor.tutor import Tutor

logger = logging.getLogger(__name__)

Prepare = Callable[[Progress], Mapping[str, str]]  # imports what is missing; gives reasons by course


class Library:
    """The courses of one database, each with its open tutor.

    Args:
        generations: Where index generations live.
        open_embedder: Gives the embedding model, loaded at the first call.
        database: Knows the courses and what is hidden of them.
        prepare: Called once, by ``load``, before the courses are opened.
        max_question_chars: Passed on to every tutor.
        open_reranker: Loads what reads the best chunks again, if anything does; called once, by ``load``.
        max_open_chunks: How many chunks the courses may have together that are held open.
    """

    def __init__(  # noqa: PLR0913  (five of them by name)
        self,
        generations: GenerationStore,
        open_embedder: Callable[[], Embedder],
        *,
        database: Database,
        prepare: Prepare = lambda _: {},
        max_question_chars: int = 4000,
        open_reranker: Callable[[], Reranker | None] = lambda: None,
        max_open_chunks: int = 100_000,
    ) -> None:
        self._generations = generations
        self._open_embedder = open_embedder
        self._kept = KeptCourses(database, generations)
        self._prepare = prepare
        self._max_question_chars = max_question_chars
        self._open_reranker = open_reranker
        self._reranker: Reranker | None = None
        self._loaded = False
        self._opened = OpenCourses(max_open_chunks)
        self._aside: dict[str, OpenCourse] = {}
        self._opened.when_closed(self._forget_aside)
        self._troubles: dict[str, str] = {}
        self._locks: dict[str, threading.Lock] = {}

    @property
    def embedder(self) -> Embedder:
        """The embedding model, once loaded."""
        return self._open_embedder()

    def load(self, *, progress: Progress | None = None) -> None:
        """Load the model, import what is missing, verify and open the courses; never raises for a single course.

        When there is no room for more of them, the rest are opened when they are asked.
        """
        self.embedder  # noqa: B018  (loads it: a model that cannot be loaded is to be said first)
        self._reranker = self._open_reranker()
        self._troubles |= self._prepare(progress or (lambda *_: None))
        self._loaded = True
        for record in self._kept.courses():
            if self._opened.full:
                break
            try:
                if (published := self._published(record.course_id)) is not None:
                    self._serve(record.course_id, published)
            except IndexUnreachable as error:  # it is opened when it is asked, as if there had been no room
                logger.warning("course %s is not opened yet: %s", record.course_id, error)

    def courses(self) -> tuple[CourseInfo, ...]:
        """Every course, ready or not, by title."""
        infos = [self._info(record) for record in self._kept.courses()]
        known = {info.course_id for info in infos}
        infos += [waiting(name, reason) for name, reason in self._troubles.copy().items() if name not in known]
        return tuple(sorted(infos, key=lambda info: (info.title.casefold(), info.course_id)))

    def course_ids(self) -> frozenset[str]:
        """The ids of all of them."""
        return frozenset(record.course_id for record in self._kept.courses()).union(self._troubles.copy())

    def course(self, course_id: str) -> CourseInfo | None:
        """One course, ready or not; None when there is none."""
        if (record := self._kept.course(course_id)) is not None:
            return self._info(record)
        reason = self._troubles.get(course_id)
        return waiting(course_id, reason) if reason else None

    def opened(self) -> tuple[str, ...]:
        """Ids of the courses that are open at the moment."""
        return self._opened.ids()

    def when_closed(self, tell: Closed) -> None:
        """Tell somebody the id of each course that is let go of, so that they let go of it, too."""
        self._opened.when_closed(tell)

    def tutor(self, course_id: str) -> Tutor:
        """The tutor of a course, on its newest good generation, without what is hidden at this moment.

        Raises:
            UnknownCourse: There is no such course.
            CourseEmpty: There is, and it has no text yet.
            CourseNotReady: There is, but it cannot serve yet; the message says why.
        """
        if not self._loaded:
            raise CourseNotReady(course_id, _LOADING)  # it may be one that is still to be imported
        if self._kept.course(course_id) is None:
            self._opened.drop(course_id)  # deleted means gone
            if reason := self._troubles.get(course_id):
                raise CourseNotReady(course_id, reason)
            raise UnknownCourse(course_id)
        published = self._published(course_id)
        if published is None and course_id not in self._troubles:
            self._opened.drop(course_id)
            raise CourseEmpty(course_id)
        tutor = self._serve(course_id, published)
        if tutor is not None:
            return tutor
        if reason := self._troubles.get(course_id):
            raise CourseNotReady(course_id, reason)
        raise CourseEmpty(course_id)

    def serves(self, course_id: str) -> bool:
        """Whether a course was opened or listed here, as one that was published lately is with its first question."""
        return self._opened.has_seen(course_id)

    def is_open(self, tutor: Tutor) -> bool:
        """Whether this tutor is the one that the next question to its course goes to."""
        found = self._opened.peek(tutor.index.course_id)
        return found is not None and found.tutor is tutor

    def serve_next(self, index: CourseIndex, switch: Callable[[], None]) -> None:
        """Serve an opened index from the moment its generation is switched to; until then questions go to the old one.

        Args:
            index: The whole generation.
            switch: Makes it the published one.
        """
        with self._opening(index.course_id):
            if self._loaded:
                Tutor(index, max_question_chars=self._max_question_chars)  # what can fail fails before the switch
            switch()
            if self._loaded:
                self._put(index, self._kept.mask(index.course_id, index.generation))
                self._troubles.pop(index.course_id, None)

    def prepare(self, course_id: str, change: Callable[[Mask], Mask]) -> None:
        """Mask a course aside, before its rows hide or show something, so that no question waits for it afterwards.

        Seconds for a textbook, in which everybody is answered as before. The rows decide alone: what is prepared is
        taken only when the mask that they give is this one, and is forgotten with the next.

        Args:
            course_id: The course.
            change: Gives the mask that will be, for the one that is.
        """
        found = self._opened.peek(course_id)
        if found is None:
            return  # it is opened with the mask that it has then
        mask = change(self._kept.mask(course_id, found.index.generation))
        if mask != found.mask:
            aside = self._masked(found.index, mask)
            if self._opened.peek(course_id) is found:  # else it was closed, or changed, meanwhile
                self._aside[course_id] = aside

    def problems(self) -> tuple[str, ...]:
        """Why this library is not ready; empty when it is."""
        if not self._loaded:
            return (_LOADING,)
        missing = (
            () if self._kept.courses() or self._troubles else ("there is no course yet: course-tutor index <folder>",)
        )
        return tuple(self._troubles.values()) + missing

    def _published(self, course_id: str) -> str | None:
        """The generation the course's pointer names, if there is one."""
        try:
            return self._kept.generation(course_id)
        except IndexUnreachable:
            raise  # for now: nothing is wrong with the course
        except IndexingError as error:  # an unreadable pointer: keep serving what is open, and say so
            self._troubles[course_id] = str(error)
            found = self._opened.peek(course_id)
            return found.index.generation if found else None

    def _serve(self, course_id: str, published: str | None) -> Tutor | None:
        """The tutor on the published generation; None when it cannot be opened, or everything in it is hidden.

        While one thread opens a new generation, others are answered from the one before. Nobody is answered from what
        is hidden: for a new mask that was not prepared (in another process, say) all of them wait.
        """
        found = self._opened.get(course_id)
        stale = published is not None and (found is None or found.index.generation != published)
        if stale and self._opening(course_id).acquire(blocking=found is None):
            try:
                found = self._open(course_id) or found
            finally:
                self._opening(course_id).release()
        if found is None:
            return None
        mask = self._kept.mask(course_id, found.index.generation)
        if mask != found.mask:
            with self._opening(course_id):
                latest = self._opened.get(course_id) or found
                if latest.mask != mask and latest.index is found.index:
                    latest = self._put(latest.index, mask)
                found = latest
        return found.tutor

    def _open(self, course_id: str) -> OpenCourse | None:
        found = self._opened.get(course_id)
        if found is not None and found.index.generation == self._published(course_id):
            return found  # another thread was faster
        try:
            index = self._generations.open(course_id, self.embedder, reranker=self._reranker)
        except IndexUnreachable:
            raise  # for now: nothing is wrong with the course
        except (IndexingError, OSError) as error:
            if isinstance(error, OSError) and error.errno in NO_FILE:
                raise  # likewise
            logger.error("cannot open course %s: %s", course_id, error)
            self._troubles[course_id] = reason_of(error)
            return None
        opened = self._put(index, self._kept.mask(course_id, index.generation))
        self._troubles.pop(course_id, None)
        return opened

    def _put(self, index: CourseIndex, mask: Mask) -> OpenCourse:
        aside = self._aside.pop(index.course_id, None)
        if aside is None or aside.index is not index or aside.mask != mask:
            aside = self._masked(index, mask)
        self._opened.put(index.course_id, aside)
        return aside

    def _masked(self, index: CourseIndex, mask: Mask) -> OpenCourse:
        tutor: Tutor | None = None
        try:
            seen = index if mask == NOTHING_HIDDEN else index.without(mask)
            tutor = Tutor(seen, max_question_chars=self._max_question_chars)
        except NothingToIndex:
            logger.info("everything in course %s is hidden", index.course_id)
        return OpenCourse(index, mask, tutor)

    def _info(self, record: CourseRecord) -> CourseInfo:
        if not self._loaded:
            return waiting(record.course_id, _LOADING, record)
        published = self._published(record.course_id)
        if published is not None and (glance := self._glance(record.course_id, published)) and glance.n_chunks:
            return ready(record, glance)
        reason = self._troubles.get(record.course_id) or "no files yet: bring some to ask about"
        return waiting(record.course_id, reason, record)

    def _glance(self, course_id: str, published: str) -> Glance | None:
        """What is listed of a course, for which a closed one is not opened."""
        found, mask = self._opened.peek(course_id), self._kept.mask(course_id, published)
        if found is not None and (found.index.generation, found.mask) == (published, mask):
            return found.glance()
        if found is None and course_id not in self._troubles:
            if (glance := self._opened.glance(course_id, published, mask)) is not None:
                return glance
            if (manifest := self._kept.manifest(course_id, self.embedder)) is not None:
                return self._opened.note(course_id, mask, Glance.at_most(manifest, mask))
        self._serve(course_id, published)
        found = self._opened.peek(course_id)
        return found.glance() if found else None

    def _forget_aside(self, course_id: str) -> None:
        self._aside.pop(course_id, None)

    def _opening(self, course_id: str) -> threading.Lock:
        """Held by whoever opens a course, or masks it."""
        return self._locks.setdefault(course_id, threading.Lock())


_LOADING = "the embedding model and the indexes are still being loaded"
