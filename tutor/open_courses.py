"""The courses that one process holds open: as many as there is room for, those that were asked last.

Closing a course is letting go of it. Whoever is in the middle of an answer has it to the end, as it was; the next
question opens it again. What is listed of a closed course is remembered.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from index.course_index import CourseIndex
from index.mask import Mask
from tutor.course_info import Glance
from tutor.tutor import Tutor

logger = logging.getLogger(__name__)

# A course of 25 chunks takes 1.8 MB, which are the spellings that typing errors are mended by more than anything else:
# as much as 150 chunks of a larger one.
SIZE_OF_A_COURSE = 150

Closed = Callable[[str], None]  # told the id of a course


@dataclass(frozen=True, slots=True)
class OpenCourse:
    """A course as it is served: the whole generation, and what of it may be seen."""

    index: CourseIndex
    mask: Mask
    tutor: Tutor | None  # None when everything is hidden

    @property
    def size(self) -> int:
        """What it takes up, in chunks: its texts and words are in memory, hidden ones included."""
        return SIZE_OF_A_COURSE + self.index.manifest.n_chunks

    def glance(self) -> Glance:
        """What is listed of it."""
        return Glance.at(self.tutor.index) if self.tutor else Glance.at_nothing(self.index.generation)


class OpenCourses:
    """Courses by id, those asked longest ago first; safe to share between threads.

    Args:
        max_chunks: How large they may be together. The course that was put last stays, however large it is.
    """

    def __init__(self, max_chunks: int) -> None:
        self._max_chunks = max_chunks
        self._courses: OrderedDict[str, OpenCourse] = OrderedDict()
        self._glances: dict[str, tuple[Mask, Glance]] = {}
        self._closed: list[Closed] = []
        self._lock = threading.Lock()

    def when_closed(self, tell: Closed) -> None:
        """Tell somebody of each course that is let go of, who may then let go of it, too."""
        self._closed.append(tell)

    def ids(self) -> tuple[str, ...]:
        """The courses that are open, those asked longest ago first."""
        with self._lock:
            return tuple(self._courses)

    @property
    def full(self) -> bool:
        """Whether there is no room for one more."""
        with self._lock:
            return self._size() >= self._max_chunks

    def get(self, course_id: str) -> OpenCourse | None:
        """A course for somebody who asks it."""
        with self._lock:
            if (found := self._courses.get(course_id)) is not None:
                self._courses.move_to_end(course_id)
            return found

    def peek(self, course_id: str) -> OpenCourse | None:
        """A course for somebody who only lists it."""
        with self._lock:
            return self._courses.get(course_id)

    def has_seen(self, course_id: str) -> bool:
        """Whether a course is open, or was or was listed, and is not gone."""
        return course_id in self._glances

    def put(self, course_id: str, course: OpenCourse) -> None:
        """Hold a course, instead of what was held of it, and let go of others where it needs their room."""
        glance = course.glance()
        with self._lock:
            self._courses[course_id] = course
            self._courses.move_to_end(course_id)
            self._glances[course_id] = course.mask, glance
            left = self._make_room()
        for name in left:
            logger.info("course %s is closed: asked longest ago of those open", name)
            self._tell(name)

    def drop(self, course_id: str) -> None:
        """Hold nothing of a course, for it is gone."""
        with self._lock:
            self._glances.pop(course_id, None)
            found = self._courses.pop(course_id, None)
        if found is not None:
            self._tell(course_id)

    def glance(self, course_id: str, generation: str, mask: Mask) -> Glance | None:
        """What was seen of a generation when it was open last, if what is hidden of it is still the same."""
        seen, glance = self._glances.get(course_id, (None, None))
        return glance if glance is not None and (glance.generation, seen) == (generation, mask) else None

    def note(self, course_id: str, mask: Mask, glance: Glance) -> Glance:
        """Remember what is listed of a course that is not open, and give it."""
        with self._lock:
            if course_id not in self._courses:
                self._glances[course_id] = mask, glance
        return glance

    def _make_room(self) -> tuple[str, ...]:
        left = []
        while len(self._courses) > 1 and self._size() > self._max_chunks:
            left.append(self._courses.popitem(last=False)[0])
        return tuple(left)

    def _size(self) -> int:
        return sum(course.size for course in self._courses.values())

    def _tell(self, course_id: str) -> None:
        for tell in self._closed:
            tell(course_id)
