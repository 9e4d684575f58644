"""A bounded line in which courses take turns, and within a course those who ask it.

While there is room, everybody may wait. When it is full, whoever holds fewer places than others takes one of theirs:
the newest question of who asks most in the course that holds most gives way. A course or caller that is alone may
therefore hold all places, and with others never keeps more than its share from them.

The line knows no threads and no clock; whoever shares it among threads holds a lock.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Waiting(Generic[T]):
    """What waits for one course: who asked in the order of their turns, and for each what they asked first."""

    of_caller: OrderedDict[str, deque[T]] = field(default_factory=OrderedDict)
    n: int = 0

    def of(self, caller: str) -> int:
        return len(self.of_caller.get(caller, ()))

    def biggest(self) -> str:
        """Who holds most places; of several, who has waited longest for their turn."""
        return max(self.of_caller, key=self.of)

    def add(self, caller: str, question: T) -> None:
        self.of_caller.setdefault(caller, deque()).append(question)
        self.n += 1

    def next(self) -> T:
        """The first question of whose turn it is, who then comes after all others."""
        caller = next(iter(self.of_caller))
        question = self.of_caller[caller].popleft()
        self.of_caller.move_to_end(caller)
        self._one_less(caller)
        return question

    def newest(self, caller: str) -> T:
        question = self.of_caller[caller].pop()
        self._one_less(caller)
        return question

    def drop(self, caller: str, question: T) -> bool:
        try:
            self.of_caller.get(caller, deque()).remove(question)
        except ValueError:
            return False
        self._one_less(caller)
        return True

    def _one_less(self, caller: str) -> None:
        self.n -= 1
        if not self.of_caller[caller]:
            del self.of_caller[caller]


class FairLine(Generic[T]):
    """Questions that wait, each in the name of a course and a caller; equal ones are taken for the same.

    Args:
        n_places: How many may wait.
    """

    def __init__(self, n_places: int) -> None:
        self.n_places = n_places
        self._of_course: OrderedDict[str, _Waiting[T]] = OrderedDict()
        self._n = 0

    def __len__(self) -> int:
        """How many wait."""
        return self._n

    @property
    def is_full(self) -> bool:
        """Whether all places are taken; some may still join then, in the place of others."""
        return self._n >= self.n_places

    def has_room_for(self, course: str, caller: str) -> bool:
        """Whether ``join`` would let a question in."""
        return not self.is_full or self._who_gives_way(course, caller) is not None

    def join(self, course: str, caller: str, question: T) -> tuple[bool, T | None]:
        """Wait at the end of the caller's own questions.

        Returns:
            Whether there was room, and the question that gave way for it, if one had to.
        """
        gave_way = None
        if self.is_full:
            giving = self._who_gives_way(course, caller)
            if giving is None:
                return False, None
            gave_way = self._of_course[giving[0]].newest(giving[1])
            self._one_less(giving[0])
        self._of_course.setdefault(course, _Waiting()).add(caller, question)
        self._n += 1
        return True, gave_way

    def take(self) -> T | None:
        """The question whose turn it is; None when nobody waits."""
        if not self._of_course:
            return None
        course = next(iter(self._of_course))
        question = self._of_course[course].next()
        self._of_course.move_to_end(course)
        self._one_less(course)
        return question

    def leave(self, course: str, caller: str, question: T) -> bool:
        """Give a place up; whether there was one."""
        waiting = self._of_course.get(course)
        if waiting is None or not waiting.drop(caller, question):
            return False
        self._one_less(course)
        return True

    def _who_gives_way(self, course: str, caller: str) -> tuple[str, str] | None:
        """Course and caller that would hold more than who comes even without the place that they would lose."""
        if not self._of_course:
            return None
        biggest = max(self._of_course, key=self._held_by)
        if self._held_by(course) + 1 < self._held_by(biggest):
            return biggest, self._of_course[biggest].biggest()
        own = self._of_course.get(course)
        if own is None:
            return None
        asks_most = own.biggest()
        return (course, asks_most) if own.of(caller) + 1 < own.of(asks_most) else None

    def _held_by(self, course: str) -> int:
        waiting = self._of_course.get(course)
        return waiting.n if waiting else 0

    def _one_less(self, course: str) -> None:
        self._n -= 1
        if not self._of_course[course].n:
            del self._of_course[course]
