"""What people ask of a course's sources: to bring files, take them out, try again, publish. All of it becomes jobs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from sqlalchemy import Connection

from corpus.errors import UnreadableFile
from corpus.types import Document
from tutor.errors import UnknownCourse
from tutor.ingest.errors import CourseExists, NoPageImage, UnknownJob, UnknownSource
from tutor.ingest.indexer import Indexer
from tutor.ingest.page_pictures import PagePictures
from tutor.ingest.publishing import Publisher
from tutor.ingest.receiving import Arrival, Receipt, receive
from tutor.state import audit
from tutor.state.blobs import BlobStore
from tutor.state.courses import (
    CourseRecord,
    find_course,
    id_is_taken,
    insert_course,
    mark_course_deleted,
    update_course,
)
from tutor.state.database import Database
from tutor.state.errors import BlobMissing
from tutor.state.jobs import JobRecord, enqueue, find_job
from tutor.state.sources import SourceRecord, find_source, mark_source_deleted, sources_of, update_source

UPLOADS_FOLDER = "uploads"


@dataclass(frozen=True, slots=True)
class Intake:
    """The parts that changing a course's sources takes, joined.

    Every change is committed, with its line in the log of changes, before its method returns.
    """

    database: Database
    blobs: BlobStore
    publisher: Publisher
    indexer: Indexer
    pictures: PagePictures
    uploads: Path  # where files lie while they arrive
    max_upload_bytes: int

    def create_course(self, record: CourseRecord, *, actor: str, any_id: bool = False) -> CourseRecord:
        """Make a course without files.

        Args:
            record: The course.
            actor: Who makes it.
            any_id: Whether its id may get a number if it is taken.

        Raises:
            CourseExists: The id is taken.
        """
        with self.database.writing() as connection:
            if any_id:
                ids = (f"{record.course_id}-{n}" if n > 1 else record.course_id for n in count(1))
                record = replace(record, course_id=next(name for name in ids if not id_is_taken(connection, name)))
            if id_is_taken(connection, record.course_id):
                raise CourseExists(record.course_id)
            insert_course(connection, record)
            audit.record(connection, record.course_id, actor, "course.create", record.course_id)
            return self._course(connection, record.course_id)

    def change_course(self, course_id: str, changes: dict[str, object], *, actor: str) -> CourseRecord:
        """Change what a course is called or how it is kept; a new title is seen with the next publish, queued here.

        Raises:
            UnknownCourse: There is none.
        """
        with self.database.writing() as connection:
            self._course(connection, course_id)
            update_course(connection, course_id, **changes)
            audit.record(connection, course_id, actor, "course.change", course_id, {"changed": sorted(changes)})
            enqueue(connection, course_id, "publish", params={}, created_by=actor)
            after = self._course(connection, course_id)
        self.indexer.wake()
        return after

    def delete_course(self, course_id: str, *, actor: str) -> None:
        """Take a course away at once; what is left of it leaves the disk soon after.

        Raises:
            UnknownCourse: There is none.
        """
        with self.database.writing() as connection:
            self._course(connection, course_id)
            mark_course_deleted(connection, course_id)
            audit.record(connection, course_id, actor, "course.delete", course_id)
        self.indexer.wake()

    def bring(self, course_id: str, arrivals: Sequence[Arrival], *, actor: str) -> Receipt:
        """Keep files that have arrived, and queue the job that reads and publishes them.

        Raises:
            UnknownCourse: There is none.
            NothingUploaded: There is no file.
            TooManyBytes, StateUnwritable: As the store of files says.
        """
        with self.database.reading() as connection:
            self._course(connection, course_id)
        receipt = receive(self.database, self.blobs, course_id, arrivals, actor=actor, max_bytes=self.max_upload_bytes)
        self.indexer.wake()
        return receipt

    def remove(self, course_id: str, source_id: str, *, actor: str) -> JobRecord:
        """Take a source out of every answer at once, and queue the job that takes it off the disk.

        Raises:
            UnknownSource: There is none.
        """
        with self.database.writing() as connection:
            source = self._source(connection, course_id, source_id)
            mark_source_deleted(connection, course_id, source_id)
            audit.record(connection, course_id, actor, "source.delete", source_id, {"sha256": source.sha256})
            job = enqueue(connection, course_id, "publish", params={}, created_by=actor)
        self.indexer.wake()
        return job

    def retry(self, course_id: str, source_id: str, *, actor: str) -> JobRecord:
        """Read a source again.

        Raises:
            UnknownSource: There is none.
        """
        with self.database.writing() as connection:
            self._source(connection, course_id, source_id)
            update_source(connection, course_id, source_id, status="queued", reason="")
            job = enqueue(connection, course_id, "ingest", params={"source_ids": [source_id]}, created_by=actor)
            audit.record(connection, course_id, actor, "source.retry", source_id)
        self.indexer.wake()
        return job

    def publish(self, course_id: str, *, rebuild: bool, actor: str) -> JobRecord:
        """Queue a publish; with ``rebuild`` every file is read and every chunk embedded again.

        Raises:
            UnknownCourse: There is none.
        """
        with self.database.writing() as connection:
            self._course(connection, course_id)
            job = enqueue(connection, course_id, "publish", params={"rebuild": rebuild}, created_by=actor)
            audit.record(connection, course_id, actor, "course.publish", job.job_id, {"rebuild": rebuild})
        self.indexer.wake()
        return job

    def source(self, course_id: str, source_id: str) -> SourceRecord:
        """One source.

        Raises:
            UnknownSource: There is none.
        """
        with self.database.reading() as connection:
            return self._source(connection, course_id, source_id)

    def picture(self, document: Document, page_index: int, *, scale: float) -> bytes:
        """A page of a PDF as it was printed, as PNG; the PDF may have come in a package.

        Raises:
            NoPageImage: It has no such page, or it cannot be drawn.
            BlobMissing: The file is not kept.
        """
        if not any(page.index == page_index and page.width for page in document.pages):
            raise NoPageImage(document.document_id, page_index)
        try:
            return self.pictures.picture(
                self._kept_in(document), document.source_sha256, document.source_name, page_index, scale=scale
            )
        except UnreadableFile as error:
            raise NoPageImage(document.document_id, page_index) from error

    def job(self, course_id: str, job_id: str) -> JobRecord:
        """One job.

        Raises:
            UnknownJob: There is none.
        """
        with self.database.reading() as connection:
            found = find_job(connection, course_id, job_id)
        if found is None:
            raise UnknownJob(course_id, job_id)
        return found

    def _kept_in(self, document: Document) -> str:
        """SHA-256 of the stored file that the document came in: its own, or that of a package."""
        try:
            self.blobs.find(document.source_sha256)
        except BlobMissing:
            with self.database.reading() as connection:
                sources = sources_of(connection, document.course_id)
            packages = (source.sha256 for source in sources if document.document_id in source.document_ids)
            return next(packages, document.source_sha256)
        return document.source_sha256

    @staticmethod
    def _course(connection: Connection, course_id: str) -> CourseRecord:
        found = find_course(connection, course_id)
        if found is None:
            raise UnknownCourse(course_id)
        return found

    @staticmethod
    def _source(connection: Connection, course_id: str, source_id: str) -> SourceRecord:
        found = find_source(connection, course_id, source_id)
        if found is None:
            raise UnknownSource(course_id, source_id)
        return found
