"""The jobs that make course files answer: read the sources that are new, then publish the course.

A file that cannot be read is failed, with the reason, and never stops the others.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from index.errors import IndexingError
from index.protocols import Progress
from tutor.errors import TutorError
from tutor.ingest.job_report import Stopped
from tutor.ingest.publishing import Publication, Publisher
from tutor.ingest.readings import ReadSource, failure, is_current, read_and_keep, status_of
from tutor.state.blobs import BlobStore
from tutor.state.database import Database
from tutor.state.jobs import JobRecord, JobState
from tutor.state.sources import SourceRecord, find_source, sources_of, update_source

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JobResult:
    """How a job ended."""

    state: JobState
    result: Mapping[str, Any]


class CourseJobs:
    """Runs the jobs of kind "ingest" and "publish".

    Args:
        database: Knows the sources.
        blobs: Holds their bytes.
        publisher: Publishes the course.
        read: Reads a file in a process of its own.
    """

    def __init__(self, database: Database, blobs: BlobStore, publisher: Publisher, read: ReadSource) -> None:
        self._database = database
        self._blobs = blobs
        self._publisher = publisher
        self._read = read

    def __call__(self, job: JobRecord, progress: Progress) -> JobResult:
        """Run one job to its end.

        Raises:
            Exception: The course could not be published; its sources that were read say so.
        """
        rebuild = bool(job.params.get("rebuild"))
        sources = self._wanted(job, rebuild=rebuild)
        for done, source in enumerate(sources):
            progress("reading", done, len(sources))
            self._bring_up_to_date(source, again=rebuild)
        if sources:
            progress("reading", len(sources), len(sources))
        try:
            published = self._publisher.publish(job.course_id, job.job_id, progress=progress, rebuild=rebuild)
        except Stopped:
            raise
        except Exception as error:
            self._fail_read(job.course_id, error)
            raise
        return JobResult("held" if published.outcome == "held" else "done", self._result(job, sources, published))

    def give_up(self, job: JobRecord, reason: str) -> None:
        """Bring every source of a job that will not be tried again to an end, too."""
        with self._database.writing() as connection:
            for source in sources_of(connection, job.course_id):
                if source.source_id in job.params.get("source_ids", ()) and source.status in ("queued", "reading"):
                    update_source(connection, job.course_id, source.source_id, status="failed", reason=reason)

    def _wanted(self, job: JobRecord, *, rebuild: bool) -> Sequence[SourceRecord]:
        with self._database.reading() as connection:
            files = [source for source in sources_of(connection, job.course_id) if source.kind == "file"]
        wanted = job.params.get("source_ids", ())
        return [s for s in files if rebuild or s.source_id in wanted or s.status in ("queued", "reading")]

    def _bring_up_to_date(self, source: SourceRecord, *, again: bool) -> None:
        if not again and source.status not in ("queued", "reading", "failed") and is_current(source, self._blobs):
            return
        self._update(source, status="reading")
        try:
            sha256, reading = read_and_keep(source, self._blobs, self._read)
        except Exception as error:  # whatever a reader does, the file has failed and the next one is read
            logger.warning("source %s failed: %s", source.source_id, type(error).__name__)
            self._update(source, status="failed", reason=_with_version_before(failure(error), source))
            return
        status, reason = status_of(reading)
        changes: dict[str, Any] = {"status": status, "items": reading.items}
        if status == "failed":
            changes["reason"] = _with_version_before(reason, source)
        else:
            ids = [document.document_id for document in reading.documents]
            changes |= {"status": "read", "reason": reason, "reading_sha256": sha256, "document_ids": ids}
        self._update(source, **changes)

    def _update(self, source: SourceRecord, **changes: Any) -> None:  # noqa: ANN401  (column values)
        with self._database.writing() as connection:
            now = find_source(connection, source.course_id, source.source_id)
            if now is not None and now.version == source.version:  # else a newer job is on its way
                update_source(connection, source.course_id, source.source_id, **changes)

    def _fail_read(self, course_id: str, error: Exception) -> None:
        reason = f"it was read but not indexed: {_told(error)}"
        with self._database.writing() as connection:
            for source in sources_of(connection, course_id):
                if source.status == "read" and source.kind == "file":
                    update_source(connection, course_id, source.source_id, status="failed", reason=reason)

    def _result(self, job: JobRecord, sources: Sequence[SourceRecord], published: Publication) -> Mapping[str, Any]:
        with self._database.reading() as connection:
            now = [find_source(connection, job.course_id, source.source_id) for source in sources]
        report = published.report
        return {
            "outcome": published.outcome,
            "generation": published.generation,
            "sources": [
                {"source_id": s.source_id, "name": s.name, "status": s.status, "reason": s.reason} for s in now if s
            ],
            "n_documents": report.n_documents if report else 0,
            "n_chunks": report.n_chunks if report else 0,
            "n_embedded": report.n_embedded if report else 0,
            "n_reused": report.n_reused if report else 0,
            "seconds": round(report.seconds, 2) if report else 0.0,
        }


def _with_version_before(reason: str, source: SourceRecord) -> str:
    return f"{reason}; the version before is still answered from" if source.reading_sha256 else reason


def _told(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error) if isinstance(error, IndexingError | TutorError) else type(error).__name__
