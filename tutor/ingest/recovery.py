"""What a crash left behind is put right, by the process that has just become the only one to run jobs."""

import logging
from pathlib import Path

from index.errors import AnotherWriter
from index.generation_store import GenerationStore
from tutor.ingest.compaction import erase_deleted_courses, sweep_files
from tutor.ingest.errors import PublishingNow
from tutor.ingest.publishing import Publisher
from tutor.state.blobs import BlobStore
from tutor.state.courses import all_courses, deleted_courses
from tutor.state.database import Database
from tutor.state.half_written import remove_abandoned

logger = logging.getLogger(__name__)


class Recovery:
    """Called once whenever this process is elected; calling it again does no harm.

    Args:
        database: Whose rows.
        blobs: Whose files.
        generations: Where generations live.
        publisher: Makes rows and pointers agree.
        uploads: Where files lie while they arrive.
    """

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        generations: GenerationStore,
        publisher: Publisher,
        uploads: Path,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._generations = generations
        self._publisher = publisher
        self._uploads = uploads

    def __call__(self) -> None:
        """Put everything right that can be."""
        with self._database.reading() as connection:
            courses = all_courses(connection)
        try:
            for course in courses:
                self._publisher.reconcile(course.course_id)
        except PublishingNow as error:
            logger.warning("not everything was put right: %s", error)
        self.erase_deleted_courses()
        sweep_files(self._database, self._blobs)
        self.remove_abandoned()

    def erase_deleted_courses(self) -> None:
        """Take away what is left of deleted courses."""
        with self._database.reading() as connection:
            if not deleted_courses(connection):
                return
        try:
            with self._generations.writing() as writer:
                erase_deleted_courses(self._database, self._blobs, writer)
        except AnotherWriter as error:
            logger.warning("deleted courses are still there: %s", error)

    def between_jobs(self) -> None:
        """What nobody waits for: deleted courses, pruned generations and half-written files leave for good."""
        self.erase_deleted_courses()
        self._generations.sweep()
        self.remove_abandoned()

    def remove_abandoned(self) -> None:
        """Delete what arrived halfway when its process was killed."""
        n_removed = remove_abandoned((*self._blobs.left_over(), *self._uploads.glob("*")))
        if n_removed:
            logger.info("removed %d files and folders that a killed process left half written", n_removed)
