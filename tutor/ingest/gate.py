"""What a new generation must show before it may answer, and the seam where verified answers plug in.

The probes ask whether the index works; the regression set asks whether what an instructor has verified still holds.
A failing probe is a fault of ours; a changed or lost verified answer is a question to the instructor.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

from index.course_index import CourseIndex

VerifiedOutcome = Literal["same", "changed", "lost"]


@dataclass(frozen=True, slots=True)
class VerifiedCheck:
    """One verified answer, asked of a generation that is not live yet."""

    verified_id: str
    question: str
    outcome: VerifiedOutcome
    before: tuple[str, ...]  # the statements that were verified
    now: tuple[str, ...]  # what the new generation says instead


class RegressionSet(Protocol):
    """The verified answers of a course."""

    def check(self, index: CourseIndex) -> tuple[VerifiedCheck, ...]:
        """Ask every one of them of an index; empty when there is none. Called in the indexer's thread."""
        ...

    def adopt(self, index: CourseIndex, *, new_words: bool) -> None:
        """Follow an index that has gone live; with ``new_words`` somebody has agreed to what it says otherwise."""
        ...


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """How a generation found its own definitions by their terms."""

    asked: int
    found: int
    missed: tuple[str, ...]  # the questions whose passage was not among the best


@dataclass(frozen=True, slots=True)
class Checks:
    """Everything that was asked of a generation before it went live."""

    probes: ProbeReport
    verified: tuple[VerifiedCheck, ...]

    @property
    def holds(self) -> bool:
        """Whether every verified answer is as it was."""
        return all(check.outcome == "same" for check in self.verified)

    def to_json(self) -> Mapping[str, Any]:
        """For a row, and for whoever reads it over the API."""
        return {
            "probes": asdict(self.probes) | {"missed": list(self.probes.missed)},
            "verified": [
                asdict(check) | {"before": list(check.before), "now": list(check.now)} for check in self.verified
            ],
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a new generation may answer without anybody being asked."""

    passed: bool
    checks: Checks
