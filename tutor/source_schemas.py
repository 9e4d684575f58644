"""The wire types of course files: sources, jobs, generations and what an old citation became.

Fields are only ever added.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import ConfigDict, Field

from tutor.schemas import CharOffset, Course, SourceExcerpt, Whole, Wire

_to_whole = get_args(Whole)[1]
Days = Annotated[int, Field(ge=1, le=3650), _to_whole]
SourceStatus = Literal["queued", "reading", "read", "indexed", "partly", "failed"]


class NewCourse(Wire):
    """A course to make, without files yet."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": "Astronomy 101", "course_id": "astronomy"}]})

    title: str = Field(min_length=1, max_length=300)
    course_id: str | None = Field(
        default=None, pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$", description="Made from the title by default."
    )
    description: str = Field(default="", max_length=2000)
    language: str = Field(default="en", pattern=r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$")


class CourseChange(Wire):
    """What to change of a course; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": "Astronomy for all"}]})

    title: str | None = Field(default=None, min_length=1, max_length=300)
    description: str | None = Field(default=None, max_length=2000)
    suggested_questions: list[str] | None = Field(default=None, max_length=20)
    log_questions: bool | None = Field(default=None, description="Whether questions and receipts are kept.")
    retention_days: Days | None = Field(default=None, description="How long; null: the installation's.")


class CourseSettings(Course):
    """A course with what an instructor may change of it."""

    language: str
    log_questions: bool
    retention_days: int | None


class Item(Wire):
    """What became of one item of an upload; a file has one, a package as many as it lists."""

    name: str
    outcome: Literal["read", "partly", "skipped", "failed"]
    reason: str = Field(description="What was left out and why; empty when all of it was read.")
    document_id: str = Field(description="Of the document it became; empty when it became none.")
    n_chars: int


class Source(Wire):
    """A file somebody brought, whatever its version."""

    source_id: str
    kind: Literal["file", "notes"]
    name: str
    media_type: str
    version: int = Field(description="From 1; the same name with other bytes is the next.")
    size: int = Field(description="In bytes.")
    sha256: str
    status: SourceStatus
    reason: str = Field(description="Why not, or what was left out; empty when all is well.")
    items: list[Item]
    n_documents: int
    created_at: datetime
    updated_at: datetime
    file_url: str


class SourcePage(Wire):
    """One page of a course's sources, in reading order."""

    sources: list[Source]
    next_cursor: str | None = Field(default=None, description="Pass as cursor to read on; null on the last page.")


class Job(Wire):
    """Background work on a course."""

    job_id: str
    course_id: str
    kind: Literal["ingest", "publish", "check"]
    state: Literal["queued", "running", "done", "failed", "held"]
    stage: str = Field(description="reading, chunking, embedding, indexing, checking or publishing; empty before.")
    done: int
    total: int
    error: str
    result: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    url: str


class JobList(Wire):
    """A course's jobs, newest first."""

    jobs: list[Job]
    next_cursor: str | None = Field(default=None, description="Pass as cursor to read on; null on the last page.")


class NewJob(Wire):
    """Work to do on a course."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "rebuild"}]})

    kind: Literal["publish", "rebuild"] = Field(description="rebuild reads every file and embeds every chunk again.")


class Upload(Wire):
    """What was kept of an upload, all of it on the disk, and the job that reads it."""

    job: Job
    sources: list[Source]
    unchanged: list[str] = Field(description="Ids of sources whose bytes were there already: no new version.")


class VerifiedCheck(Wire):
    """A verified answer, asked of a new generation."""

    verified_id: str
    question: str
    outcome: Literal["same", "changed", "lost"]
    before: list[str]
    now: list[str]


class Probes(Wire):
    """How a generation found its own definitions by their terms."""

    asked: int
    found: int
    missed: list[str]


class Checks(Wire):
    """What was asked of a generation before it went live."""

    probes: Probes
    verified: list[VerifiedCheck]


class Generation(Wire):
    """One index of a course."""

    generation: str
    state: Literal["live", "kept", "held"] = Field(description="kept: the one before; held: waits for a decision.")
    n_documents: int
    n_chunks: int
    created_at: datetime
    published_at: datetime | None
    checks: Checks


class GenerationList(Wire):
    """A course's indexes, newest first."""

    generations: list[Generation]


class ExcerptPage(Wire):
    """The page on which an excerpt's span begins."""

    index: int = Field(description="From 0: the page's place in the file.")
    number: int = Field(description="From 1.")
    label: str = Field(description="As printed on it; empty when unknown.")
    width: float = Field(description="In points; 0 where the format has no geometry.")
    height: float
    image_url: str | None = Field(description="Its picture; null where the format has none.")


class Box(Wire):
    """A line of the span on its page, in points from the page's top left corner."""

    page_index: int
    left: float
    top: float
    right: float
    bottom: float


class SourceView(SourceExcerpt):
    """A span in its surroundings, on its page, and where the learning platform shows it."""

    source_name: str
    page: ExcerptPage | None = Field(description="null where the document has no pages.")
    boxes: list[Box]
    link: str = Field(description="Where the learning platform shows it; empty when unknown.")
    activity: str = Field(description="What it is in its learning platform; empty elsewhere.")


class CitedText(Wire):
    """The words a citation was made from, and where they stood or stand."""

    text: str
    heading_path: list[str]
    document_id: str
    document_title: str
    page: int | None
    page_label: str
    char_start: CharOffset
    char_end: CharOffset
    generation: str


class ResolvedCitation(Wire):
    """What became of a citation: its words then, and what stands there now."""

    state: Literal["unchanged", "moved", "changed", "gone"]
    then: CitedText | None
    now: CitedText | None
