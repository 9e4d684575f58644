"""Keeps the suggestions of every course's live generation at hand, and learns in the background which are answered."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from itertools import islice

from tutor.records.next_questions import NextQuestions, Question
from tutor.tutor import Tutor
from tutor.types import Answer

logger = logging.getLogger(__name__)

MAX_UNASKED = 400  # questions about terms checked unasked, a generation; those near an answer are checked in any case
MAX_WANTED = 200  # questions near answers that wait to be checked; the oldest are dropped
REST_PER_WORK = 2.0  # how long to rest after each check, in times of the check: learners come first


class Suggester:
    """What to ask next, for every course. Never makes an answer wait.

    Args:
        is_open: Whether a tutor is the one that its course is served by. An answer may end after its course was closed
            or changed; what it came from is not begun with.
    """

    def __init__(self, is_open: Callable[[Tutor], bool] = lambda _: True) -> None:
        self._is_open = is_open
        self._tutors: dict[str, Tutor] = {}  # course id -> the one to know
        self._known: dict[str, NextQuestions] = {}  # course id -> of that tutor or the one before
        self._new: deque[Tutor] = deque()
        self._wanted: deque[tuple[NextQuestions, Question]] = deque(maxlen=MAX_WANTED)
        self._unasked: deque[tuple[NextQuestions, Question]] = deque()
        self._work = threading.Condition()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def after(self, answer: Answer, tutor: Tutor) -> tuple[Question, ...]:
        """The suggestions known by now; what is near and unknown is found out for the next time."""
        self.prepare(tutor)
        known = self._known.get(tutor.index.course_id)
        if known is None or known.tutor is not tutor:
            return ()
        near = known.near(answer)
        if unchecked := known.unchecked(near):
            with self._work:
                self._wanted.extend((known, question) for question in unchecked)
                self._work.notify()
        return known.answered(near)

    def prepare(self, tutor: Tutor) -> None:
        """Begin with a generation, perhaps before anybody asks."""
        course_id = tutor.index.course_id
        if self._tutors.get(course_id) is tutor:
            return
        with self._work:
            if not self._is_open(tutor):
                return
            self._tutors[course_id] = tutor
            self._new.append(tutor)
            if self._thread is None:
                self._ending.clear()
                self._thread = threading.Thread(target=self._run, name="suggestions", daemon=True)
                self._thread.start()
            self._work.notify()

    def forget(self, course_id: str) -> None:
        """Let go of a course, whose tutor was; it is begun anew when somebody asks it again."""
        with self._work:  # what waits to be checked of it is passed over when its turn comes
            self._tutors.pop(course_id, None)
            self._known.pop(course_id, None)

    def close(self) -> None:
        """Stop finding out."""
        self._ending.set()
        with self._work:
            self._work.notify()
        if self._thread is not None:
            self._thread.join(5.0)
        with self._work:  # a service that starts again begins anew
            self._thread = None
            self._tutors.clear()

    def _run(self) -> None:
        while not self._ending.is_set():
            with self._work:
                self._work.wait_for(lambda: self._ending.is_set() or self._new or self._wanted or self._unasked)
            start = time.perf_counter()
            try:
                self._step()
            except Exception:  # a suggestion is never worth a thread
                logger.exception("a suggestion could not be checked")
            self._ending.wait(REST_PER_WORK * (time.perf_counter() - start))

    def _step(self) -> None:
        if self._new:
            self._learn(self._new.popleft())
        elif self._wanted:
            self._check(*self._wanted.popleft())
        elif self._unasked:
            self._check(*self._unasked.popleft())

    def _check(self, known: NextQuestions, question: Question) -> None:
        if self._known.get(known.tutor.index.course_id) is known:  # else it was let go of, or is of before
            known.check(question)

    def _learn(self, tutor: Tutor) -> None:
        if self._tutors.get(tutor.index.course_id) is not tutor:
            return
        known = NextQuestions(tutor)
        with self._work:
            if self._tutors.get(tutor.index.course_id) is tutor:
                self._known[tutor.index.course_id] = known
                self._unasked.extend((known, question) for question in islice(known.all_terms(), MAX_UNASKED))
