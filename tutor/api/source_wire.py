"""From records of course files to what is sent."""

from dataclasses import asdict

from tutor import source_schemas as schemas
from tutor.course_info import CourseInfo
from tutor.state.courses import CourseRecord
from tutor.state.generations import GenerationRecord
from tutor.state.jobs import JobRecord
from tutor.state.sources import SourceRecord


def course_settings_on_wire(record: CourseRecord, info: CourseInfo) -> schemas.CourseSettings:
    """A course as an instructor sees it."""
    settings = {
        "language": record.language,
        "log_questions": record.log_questions,
        "retention_days": record.retention_days,
    }
    return schemas.CourseSettings.model_validate(asdict(info) | settings, strict=False)


def source_on_wire(source: SourceRecord) -> schemas.Source:
    """The public form of a source."""
    return schemas.Source(
        source_id=source.source_id,
        kind=source.kind,
        name=source.name,
        media_type=source.media_type,
        version=source.version,
        size=source.size,
        sha256=source.sha256,
        status=source.status,
        reason=source.reason,
        items=[schemas.Item(**asdict(item)) for item in source.items],
        n_documents=len(source.document_ids),
        created_at=source.created_at,
        updated_at=source.updated_at,
        file_url=f"/api/v1/courses/{source.course_id}/sources/{source.source_id}/file",
    )


def job_on_wire(job: JobRecord) -> schemas.Job:
    """The public form of a job."""
    return schemas.Job(
        job_id=job.job_id,
        course_id=job.course_id,
        kind=job.kind,
        state=job.state,
        stage=job.stage,
        done=job.done,
        total=job.total,
        error=job.error,
        result=dict(job.result) if job.result is not None else None,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        url=f"/api/v1/courses/{job.course_id}/jobs/{job.job_id}",
    )


def generation_on_wire(generation: GenerationRecord) -> schemas.Generation:
    """The public form of a generation."""
    return schemas.Generation.model_validate(
        {
            "generation": generation.generation,
            "state": generation.state,
            "n_documents": generation.n_documents,
            "n_chunks": generation.n_chunks,
            "created_at": generation.created_at,
            "published_at": generation.published_at,
            "checks": dict(generation.checks),
        }
    )
