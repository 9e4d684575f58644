"""Wire types of the health checks."""

from typing import Literal

from tutor.schemas import Wire


class Liveness(Wire):
    """The process is up; this says nothing about courses."""

    status: Literal["alive"] = "alive"


class Readiness(Wire):
    """Whether every course can answer, and if not, why."""

    status: Literal["ready", "not_ready"]
    reasons: list[str]
