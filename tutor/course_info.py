"""What a course picker and a health check need to know of one course, whether it is open at the moment or not."""

from dataclasses import dataclass

from corpus.document_reading import title_from_name
from index.course_index import CourseIndex
from index.manifest import Manifest
from index.mask import Mask
from tutor.state.courses import CourseRecord


@dataclass(frozen=True, slots=True)
class CourseInfo:
    """One course, ready or not."""

    course_id: str
    title: str
    description: str
    ready: bool
    reason: str  # why it is not ready; empty when it is
    generation: str
    n_documents: int
    n_chunks: int
    suggested_questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Glance:
    """What is listed of a generation, less what is hidden of it; kept when the course is let go of."""

    generation: str
    title: str
    n_documents: int
    n_chunks: int  # 0: everything is hidden; of a closed course at most so many

    @classmethod
    def at(cls, found: CourseIndex) -> "Glance":
        """What an opened generation shows."""
        return cls(found.generation, found.title, len(found.documents), len(found.chunks))

    @classmethod
    def at_most(cls, manifest: Manifest, mask: Mask) -> "Glance":
        """What can be told of a generation that is not open: how many chunks hidden documents have is not known."""
        n_documents = manifest.n_documents - len(mask.document_ids)
        if n_documents <= 0:
            return cls.at_nothing(manifest.generation)
        n_chunks = max(1, manifest.n_chunks - len(mask.chunk_ids))
        return cls(manifest.generation, manifest.title, n_documents, n_chunks)

    @classmethod
    def at_nothing(cls, generation: str) -> "Glance":
        """Of a generation that is hidden as a whole."""
        return cls(generation, "", 0, 0)


def waiting(course_id: str, reason: str, record: CourseRecord | None = None) -> CourseInfo:
    """A course that cannot be asked; the record is that of one that exists."""
    title, description, suggested = (
        (record.title or title_from_name(course_id), record.description, record.suggested_questions)
        if record
        else (course_id, "", ())
    )
    return CourseInfo(
        course_id, title, description, ready=False, reason=reason, generation="", n_documents=0, n_chunks=0,
        suggested_questions=suggested,
    )  # fmt: skip


def ready(record: CourseRecord, glance: Glance) -> CourseInfo:
    """A course that can be asked."""
    return CourseInfo(
        record.course_id,
        record.title or glance.title,
        record.description,
        ready=True,
        reason="",
        generation=glance.generation,
        n_documents=glance.n_documents,
        n_chunks=glance.n_chunks,
        suggested_questions=record.suggested_questions,
    )


def reason_of(error: Exception) -> str:
    """Why a course waits, for anybody to read; the operating system's own words name paths, which are for the log."""
    return f"its files cannot be read: {error.strerror}" if isinstance(error, OSError) else str(error)
