"""The courses of one installation: which there are, whether they can serve, and the tutor of each.

A library is loaded once, in the background of a server that already answers ``/livez``. Afterwards it follows each
course's published generation: a re-index becomes visible to the next question, and a generation that does not pass
its checks leaves the one before in service.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.course_folder import read_course
from corpus.errors import CorpusError
from index.builder import build_generation
from index.errors import IndexingError, IndexNotBuilt
from index.generations import list_courses, open_current, read_pointer
from index.protocols import Embedder, Progress
from tutor.errors import CourseNotReady, UnknownCourse
from tutor.tutor import Tutor

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CourseInfo:
    """What a course picker and a health check need to know of one course."""

    course_id: str
    title: str
    description: str
    ready: bool
    reason: str  # why it is not ready; empty when it is
    generation: str
    n_documents: int
    n_chunks: int
    suggested_questions: tuple[str, ...]


class Library:
    """The courses under one index root, each with its open tutor.

    Args:
        root: Where index generations lie, a folder a course.
        open_embedder: Loads the embedding model; called once, by ``load``.
        bundled: Course folders to index when the root has no index of them.
        max_question_chars: Passed on to every tutor.
    """

    def __init__(
        self,
        root: Path,
        open_embedder: Callable[[], Embedder],
        *,
        bundled: Sequence[Path] = (),
        max_question_chars: int = 4000,
    ) -> None:
        self._root = root
        self._open_embedder = open_embedder
        self._bundled = tuple(bundled)
        self._max_question_chars = max_question_chars
        self._embedder: Embedder | None = None
        self._tutors: dict[str, Tutor] = {}
        self._troubles: dict[str, str] = {"library": "the embedding model and the indexes are still being loaded"}
        self._reopening = threading.Lock()

    @property
    def embedder(self) -> Embedder:
        """The embedding model, once loaded."""
        if self._embedder is None:
            self._embedder = self._open_embedder()
        return self._embedder

    def load(self, *, progress: Progress | None = None) -> None:
        """Load the model, build what is missing, verify and open every course; never raises for a single course."""
        embedder = self.embedder
        self._build_missing(embedder, progress)
        for course_id in list_courses(self._root):
            self._open(course_id)
        self._troubles.pop("library", None)

    def courses(self) -> tuple[CourseInfo, ...]:
        """Every course, ready or not, by title."""
        ready = [_info(tutor) for tutor in self._tutors.copy().values()]  # the loading thread may add to it
        waiting = [
            CourseInfo(name, name, "", ready=False, reason=reason, generation="", n_documents=0, n_chunks=0,
                       suggested_questions=())
            for name, reason in self._troubles.copy().items()
            if name != "library" and name not in self._tutors
        ]  # fmt: skip
        return tuple(sorted(ready + waiting, key=lambda info: (info.title.casefold(), info.course_id)))

    def tutor(self, course_id: str) -> Tutor:
        """The tutor of a course, on its newest good generation.

        Raises:
            UnknownCourse: There is no such course.
            CourseNotReady: There is, but it cannot serve yet; the message says why.
        """
        published = self._published(course_id)
        if published is None:
            self._tutors.pop(course_id, None)  # its index was deleted, and deleted means gone
        tutor = self._tutors.get(course_id)
        if published is not None and (tutor is None or tutor.index.generation != published):
            self._follow(course_id)
            tutor = self._tutors.get(course_id)
        if tutor is not None:
            return tutor
        if reason := self._troubles.get(course_id) or self._troubles.get("library"):
            raise CourseNotReady(course_id, reason)
        raise UnknownCourse(course_id)

    def problems(self) -> tuple[str, ...]:
        """Why this library is not ready; empty when it is."""
        missing = () if self._tutors or self._troubles else ("there is no course yet: course-tutor index <folder>",)
        return tuple(self._troubles.values()) + missing

    def _build_missing(self, embedder: Embedder, progress: Progress | None) -> None:
        for folder in self._bundled:
            try:
                course = read_course(folder)
                if self._published(course.course_id) is None:
                    build_generation(course, embedder, self._root, progress=progress)
            except (CorpusError, IndexingError, OSError) as error:
                logger.error("cannot index %s: %s", folder.name, error)
                self._troubles[folder.name] = _reason(error)

    def _published(self, course_id: str) -> str | None:
        """The generation the course's pointer names, if there is one."""
        try:
            return read_pointer(self._root, course_id).generation
        except IndexNotBuilt:
            return None
        except IndexingError as error:  # an unreadable pointer: keep serving what is open, and say so
            self._troubles[course_id] = str(error)
            tutor = self._tutors.get(course_id)
            return tutor.index.generation if tutor else None

    def _follow(self, course_id: str) -> None:
        """Open the published generation, unless another thread is at it and there is one to serve meanwhile."""
        if self._embedder is None:
            return
        if self._reopening.acquire(blocking=course_id not in self._tutors):
            try:
                self._open(course_id)
            finally:
                self._reopening.release()

    def _open(self, course_id: str) -> None:
        try:
            index = open_current(self._root, course_id, self.embedder)
        except (IndexingError, OSError) as error:
            logger.error("cannot open course %s: %s", course_id, error)
            self._troubles[course_id] = _reason(error)
            return
        self._tutors[course_id] = Tutor(index, max_question_chars=self._max_question_chars)
        self._troubles.pop(course_id, None)


def _reason(error: Exception) -> str:
    """What anybody may read; the operating system's own words name paths, which are for the log."""
    return f"its files cannot be read: {error.strerror}" if isinstance(error, OSError) else str(error)


def _info(tutor: Tutor) -> CourseInfo:
    index = tutor.index
    return CourseInfo(
        index.course_id,
        index.title,
        index.description,
        ready=True,
        reason="",
        generation=index.generation,
        n_documents=len(index.documents),
        n_chunks=len(index.chunks),
        suggested_questions=index.suggested_questions,
    )
