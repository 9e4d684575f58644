"""A folder of course files and the sources of a course are made one: added, changed and removed."""

from dataclasses import dataclass
from pathlib import Path

from corpus.course_folder import CourseFiles, course_files
from corpus.document_reading import title_from_name
from corpus.errors import CourseNotFound
from corpus.types import SkippedFile
from tutor.ingest.intake import Intake
from tutor.ingest.receiving import Arrival, Received
from tutor.ingest.source_names import clean_source_name
from tutor.state.courses import CourseRecord, find_course, update_course
from tutor.state.jobs import JobRecord
from tutor.state.sources import SourceRecord, sources_of


@dataclass(frozen=True, slots=True)
class FolderSync:
    """What making them one came to, before any file is read."""

    course_id: str
    received: tuple[Received, ...]
    removed: tuple[SourceRecord, ...]
    skipped: tuple[SkippedFile, ...]
    jobs: tuple[JobRecord, ...]


def sync_folder(intake: Intake, folder: Path, *, actor: str) -> FolderSync:
    """Bring every file of a folder to its course, made if need be, and take out what the folder lacks.

    Raises:
        CourseNotFound: There is no such folder, or no course file in it.
        CourseFileInvalid: Its course.toml cannot be understood.
        StateError: The disk is full or fails.
    """
    files = course_files(folder)
    if not files.names:
        reasons = "; ".join(f"{file.source_name}: {file.reason}" for file in files.skipped[:5])
        raise CourseNotFound(f"{folder}: no course file in it" + (f" ({reasons})" if reasons else ""))
    _keep_course(intake, folder, files, actor)
    arrivals = [Arrival(name, folder / name, position) for position, name in enumerate(files.names)]
    names = {clean_source_name(name) for name in files.names}
    with intake.database.reading() as connection:
        before = sources_of(connection, files.course_id)
    removed = tuple(source for source in before if source.kind == "file" and source.name not in names)
    jobs = [intake.remove(files.course_id, source.source_id, actor=actor) for source in removed]
    receipt = intake.bring(files.course_id, arrivals, actor=actor)
    return FolderSync(files.course_id, receipt.received, removed, files.skipped, (*jobs, receipt.job))


def _keep_course(intake: Intake, folder: Path, files: CourseFiles, actor: str) -> None:
    about = files.about
    record = CourseRecord(
        files.course_id,
        about.title or ("" if len(files.names) == 1 else title_from_name(folder.resolve().name)),
        description=about.description,
        language=about.language,
        licence=about.licence,
        suggested_questions=tuple(about.suggested_questions),
    )
    with intake.database.writing() as connection:
        if find_course(connection, files.course_id) is not None:
            update_course(
                connection, files.course_id, title=record.title, description=record.description,
                language=record.language, licence=record.licence, suggested_questions=list(record.suggested_questions),
            )  # fmt: skip
            return
    intake.create_course(record, actor=actor)
