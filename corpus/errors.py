"""What can go wrong while reading a course.

CorpusError
├── CourseNotFound      no such folder, or nothing readable in it
├── CourseFileInvalid   course.toml is not what it should be
└── UnreadableFile      one file cannot become a document: too large, binary, wrongly encoded, empty
    ├── ReadingFailed   its reader was stopped or crashed: too slow, too large, killed
    └── UnsafeArchive   an archive that would harm who unpacks it: a bomb, too many entries
"""


class CorpusError(Exception):
    """Root of everything this package raises."""


class CourseNotFound(CorpusError):
    """The folder does not exist or holds no readable file."""


class CourseFileInvalid(CorpusError):
    """The folder's course.toml cannot be understood."""


class UnreadableFile(CorpusError):
    """One file cannot become a document; the reason is the message."""

    def __init__(self, source_name: str, reason: str) -> None:
        super().__init__(f"{source_name}: {reason}")
        self.source_name = source_name
        self.reason = reason


class UnsafeArchive(UnreadableFile):
    """An archive that would harm whoever unpacks it: it is refused as a whole."""


class ReadingFailed(UnreadableFile):
    """The process that read a file was stopped or crashed; another try may do better."""
