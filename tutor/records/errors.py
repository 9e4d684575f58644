"""What can go wrong with records of answers and what instructors make of them.

TutorError
└── RecordsError
    ├── UnknownRecord    the course has no such answer, verified answer, passage, alias or note, for this caller
    ├── AlreadyThere     another one says the same already
    └── NotVerifiable    what is to be verified is no answer to a question of this course
"""

from tutor.errors import TutorError


class RecordsError(TutorError):
    """Root of what goes wrong with records."""


class UnknownRecord(RecordsError):
    """The course has no such thing, or it is somebody else's, which looks the same."""

    def __init__(self, kind: str, record_id: str) -> None:
        super().__init__(f"there is no {kind} {record_id[:80]!r} here")


class AlreadyThere(RecordsError):
    """Another one says the same already."""

    def __init__(self, kind: str, record_id: str) -> None:
        super().__init__(f"{kind} {record_id!r} says the same already; change or delete that one")
        self.record_id = record_id


class NotVerifiable(RecordsError):
    """What is to be verified is no answer to a question of this course."""
