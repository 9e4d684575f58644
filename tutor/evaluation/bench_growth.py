"""How asking, opening and memory grow with the size of a course, from a textbook to half a million chunks."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.course_index import CourseIndex
from index.errors import IndexNotBuilt
from index.generations import read_pointer
from index.protocols import Progress
from tutor.evaluation.bench_process import ProcessFigures, measure_process
from tutor.evaluation.grown_course import publish_grown
from tutor.evaluation.machine import Machine, describe_machine

logger = logging.getLogger(__name__)

SIZES = (4_600, 50_000, 500_000)


@dataclass(frozen=True, slots=True)
class Growth:
    """The same questions, asked of courses of several sizes."""

    machine: Machine
    grown_from: tuple[str, ...]  # course ids
    n_on_topic: int
    n_off_topic: int
    sizes: tuple[ProcessFigures, ...]

    def ask_p50_ratio(self) -> float:
        """The median ask of the largest course by that of the smallest."""
        first, last = self.sizes[0].ask_ms["total"][0], self.sizes[-1].ask_ms["total"][0]
        return round(last / first, 2)


def measure_growth(
    indexes: Sequence[CourseIndex],
    sizes: Sequence[int],
    root: Path,
    *,
    on_topic: Sequence[str],
    off_topic: Sequence[str],
    report: Progress,
) -> Growth:
    """Grow the courses to each size, where that has not been done, and measure each in a fresh process."""
    machine, root = describe_machine(), grown_root(indexes, root)
    total, done = 2 * len(sizes), 0
    course_ids = []
    for size in sizes:
        course_ids.append(_grown(indexes, size, root))
        report("growing", done := done + 1, total)
    figures = []
    for course_id in course_ids:
        figures.append(measure_process(root, course_id, on_topic, off_topic, recall=True))
        report("growing", done := done + 1, total)
    return Growth(machine, tuple(index.course_id for index in indexes), len(on_topic), len(off_topic), tuple(figures))


def grown_root(indexes: Sequence[CourseIndex], root: Path) -> Path:
    """Where the courses grown from these very generations lie."""
    return root / "grown" / "-".join(index.generation for index in indexes)


def _grown(indexes: Sequence[CourseIndex], size: int, root: Path) -> str:
    """The id of the course of that size; one that is there already is taken up again: large ones take minutes."""
    course_id = f"{indexes[0].course_id}-{size}"
    try:
        read_pointer(root, course_id)
    except IndexNotBuilt:
        return publish_grown(indexes, size, root)
    return course_id
