"""What can go wrong while answering.

TutorError
├── SettingsError        a setting is misspelt or out of bounds
├── UnknownCourse        no such course here
├── UnknownDocument      no such document in the course
├── NotAllowed           the caller may know the course, but not do this
├── SpanOutOfRange       the span does not lie in the document
├── QuestionTooLong      more characters than the limit
├── CourseNotReady       the course is known but its index cannot serve yet, and why
│   └── CourseEmpty      nobody has brought it any text yet
└── QuoteNotFound        a citation's span does not hold its quote: the index contradicts itself
"""

import errno

NO_FILE = frozenset({errno.EMFILE, errno.ENFILE})  # of an OSError that passes by itself: too many files are open


class TutorError(Exception):
    """Root of everything this package raises."""


class SettingsError(TutorError):
    """A setting is misspelt or out of bounds."""


class UnknownCourse(TutorError):
    """No such course here."""

    def __init__(self, course_id: str) -> None:
        super().__init__(f"there is no course {course_id!r} here; see the list of courses")


class UnknownDocument(TutorError):
    """No such document in the course."""

    def __init__(self, course_id: str, document_id: str) -> None:
        super().__init__(f"course {course_id!r} has no document {document_id!r}")


class NotAllowed(TutorError):
    """The caller may know the course, but not do this."""

    def __init__(self, permission: str) -> None:
        super().__init__(f"this needs the permission {permission!r}; ask whoever gave you the link or key for another")


class SpanOutOfRange(TutorError):
    """The span does not lie in the document."""

    def __init__(self, char_start: int, char_end: int, length: int) -> None:
        super().__init__(f"the span {char_start}-{char_end} does not lie in the document's {length} characters")


class QuestionTooLong(TutorError):
    """The question has more characters than the limit."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"the question has {length} characters; the limit is {limit}")


class CourseNotReady(TutorError):
    """The course is known but its index cannot serve yet."""

    def __init__(self, course_id: str, reason: str) -> None:
        super().__init__(f"course {course_id!r} is not ready: {reason}")
        self.reason = reason


class CourseEmpty(CourseNotReady):
    """Nobody has brought the course any text yet: a calm state, and no fault."""

    def __init__(self, course_id: str) -> None:
        super().__init__(course_id, "it has no text yet; upload its files, or: course-tutor add <course> <files>")


class QuoteNotFound(TutorError):
    """A citation's span does not hold its quote: the index contradicts itself and must be rebuilt."""

    def __init__(self, chunk_id: str, char_start: int, char_end: int) -> None:
        super().__init__(
            f"the span {char_start}-{char_end} of chunk {chunk_id!r} does not hold its quote; "
            "check the index: course-tutor doctor"
        )
