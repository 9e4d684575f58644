"""What can go wrong with an index, and the command that mends it.

IndexingError
├── IndexNotBuilt        the course has no index yet
├── IndexDamaged         a file is missing, has another size or another SHA-256
├── EmbedderMismatch     built by another embedder: its distances would be meaningless
└── WrongCourse          the files belong to another course
"""


class IndexingError(Exception):
    """Root of everything this package raises. Never called IndexError, which would shadow the builtin."""


class IndexNotBuilt(IndexingError):
    """The course has no index generation yet."""

    def __init__(self, course_id: str) -> None:
        super().__init__(f"course {course_id!r} has no index yet; build it: course-tutor index <course folder>")


class IndexDamaged(IndexingError):
    """A file of the generation is not what its manifest says."""

    def __init__(self, course_id: str, generation: str, reason: str) -> None:
        super().__init__(
            f"index generation {generation!r} of course {course_id!r} is damaged: {reason}; "
            "rebuild it: course-tutor index <course folder> --rebuild"
        )
        self.reason = reason


class EmbedderMismatch(IndexingError):
    """The saved index was built by another embedder; its distances would be meaningless."""

    def __init__(self, course_id: str, built_with: str, running: str) -> None:
        super().__init__(
            f"the index of course {course_id!r} was built with {built_with!r}, now running {running!r}; "
            "rebuild it: course-tutor index <course folder>"
        )


class WrongCourse(IndexingError):
    """The generation's files belong to another course."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(
            f"these index files belong to course {found!r}, not {expected!r}; "
            "rebuild it: course-tutor index <course folder> --rebuild"
        )
