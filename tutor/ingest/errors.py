"""What can go wrong between an uploaded file and a published index.

TutorError
└── IngestError
    ├── CourseExists         the id is taken
    ├── NothingUploaded      the request holds no file
    ├── UploadMalformed      the request is not a form with files
    ├── UnknownSource        no such source in the course
    ├── UnknownJob           no such job in the course
    ├── UnknownGeneration    no such generation in the course
    ├── NotInThisState       what is asked does not fit a generation's or a source's state
    ├── NoPageImage          the document has no such page, or it cannot be drawn
    ├── PublishingNow        another publish is under way
    ├── ServedElsewhere      a server works on the database
    ├── MovedOtherwise       what was moved to another store is not there as it was here
    └── ProbesFailed         a new index does not find its own definitions
"""

from tutor.errors import TutorError


class IngestError(TutorError):
    """Root of everything this package raises."""


class CourseExists(IngestError):
    """The id is taken."""

    def __init__(self, course_id: str) -> None:
        super().__init__(f"there is a course {course_id!r} already; choose another id")


class NothingUploaded(IngestError):
    """The request holds no file."""

    def __init__(self) -> None:
        super().__init__("there is no file in the request; send multipart/form-data with one or more fields 'file'")


class UploadMalformed(IngestError):
    """The request is not a form with files."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the upload cannot be read: {reason}; send multipart/form-data with fields 'file'")


class UnknownSource(IngestError):
    """No such source in the course."""

    def __init__(self, course_id: str, source_id: str) -> None:
        super().__init__(f"course {course_id!r} has no source {source_id!r}; see the list of its sources")


class UnknownJob(IngestError):
    """No such job in the course."""

    def __init__(self, course_id: str, job_id: str) -> None:
        super().__init__(f"course {course_id!r} has no job {job_id!r}; see the list of its jobs")


class UnknownGeneration(IngestError):
    """No such generation in the course."""

    def __init__(self, course_id: str, generation: str) -> None:
        super().__init__(f"course {course_id!r} has no generation {generation!r}; see the list of its generations")


class NotInThisState(IngestError):
    """What is asked does not fit the state of the thing."""

    def __init__(self, what: str, state: str, needed: str) -> None:
        super().__init__(f"{what} is {state}; only one that is {needed} can be")


class PublishingNow(IngestError):
    """Another publish is under way."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"an index is being published by process {holder}; try again when its job has ended")


class ProbesFailed(IngestError):
    """A new index does not find its own definitions: something is wrong with it, not with the course."""

    def __init__(self, found: int, asked: int, missed: tuple[str, ...]) -> None:
        super().__init__(
            f"the new index found only {found} of {asked} of its own definitions (not {', '.join(missed[:3])}); "
            "the one before still answers. Publish again with kind 'rebuild', and report it if that fails too"
        )


class NoPageImage(IngestError):
    """The document has no such page, or it cannot be drawn."""

    def __init__(self, document_id: str, page_index: int) -> None:
        super().__init__(
            f"document {document_id!r} has no picture of its page {page_index}; only pages of PDF files do"
        )


class ServedElsewhere(IngestError):
    """A server works on the database, perhaps on another machine."""

    def __init__(self) -> None:
        super().__init__("a server works on this database; end every server first, on every machine")


class MovedOtherwise(IngestError):
    """What was moved to another store is not there as it was here."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what} cannot be moved: {reason}; nothing answers from the new store yet")
