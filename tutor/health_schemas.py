"""Wire types of the health checks."""

from typing import Literal

from tutor.schemas import Wire


class Liveness(Wire):
    """The process is up; this says nothing about courses."""

    status: Literal["alive"] = "alive"


class Readiness(Wire):
    """Whether every course can answer; if not, or not everything is as it should be, why.

    Degraded: questions are answered, and their records cannot be kept: the disk or the database takes no writes.
    """

    status: Literal["ready", "degraded", "not_ready"]
    reasons: list[str]
