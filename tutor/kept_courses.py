"""What is kept of the courses, whoever has them open: which there are, what answers, what is hidden of it."""

from dataclasses import dataclass

from index.errors import IndexingError, IndexNotBuilt, IndexUnreachable
from index.generation_store import GenerationStore
from index.manifest import Manifest
from index.mask import Mask
from index.protocols import Embedder
from tutor.ingest.masking import mask_of
from tutor.state.courses import CourseRecord, all_courses, find_course
from tutor.state.database import Database


@dataclass(frozen=True, slots=True)
class KeptCourses:
    """The courses of one database and one store of generations; everything is read anew."""

    database: Database
    generations: GenerationStore

    def courses(self) -> tuple[CourseRecord, ...]:
        """All of them."""
        with self.database.reading() as connection:
            return all_courses(connection)

    def course(self, course_id: str) -> CourseRecord | None:
        """One of them, if it is there."""
        with self.database.reading() as connection:
            return find_course(connection, course_id)

    def generation(self, course_id: str) -> str | None:
        """The generation that a course's pointer names, if there is one.

        Raises:
            IndexingError: The pointer cannot be read.
        """
        try:
            return self.generations.pointer(course_id).generation
        except IndexNotBuilt:
            return None

    def manifest(self, course_id: str, embedder: Embedder) -> Manifest | None:
        """What the generation that answers says of itself, if it can be opened as far as that tells.

        Raises:
            IndexUnreachable: It cannot be asked at the moment.
        """
        try:
            manifest = self.generations.manifest(course_id)
        except IndexUnreachable:
            raise
        except IndexingError:
            return None  # opening it says what is wrong
        return manifest if manifest.embedder == embedder.fingerprint else None

    def mask(self, course_id: str, generation: str) -> Mask:
        """What is hidden of a generation."""
        with self.database.reading() as connection:
            return mask_of(connection, course_id, generation)
