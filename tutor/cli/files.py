"""What the commands about course files share: an open data directory, jobs watched to their end, one line a file."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.text import Text

from tutor.bootstrap import Parts, open_parts
from tutor.cli.console import err, out, progress_bar
from tutor.errors import UnknownCourse
from tutor.settings import Settings
from tutor.state.courses import CourseRecord, find_course
from tutor.state.jobs import JobRecord
from tutor.state.sources import SourceRecord, sources_of

ACTOR = "cli"

_STYLES = {"indexed": "green", "partly": "yellow", "failed": "bold red"}


@contextmanager
def opened_parts() -> Iterator[Parts]:
    """The data directory that the settings name, let go of in the end."""
    parts = open_parts(Settings.from_environment())
    try:
        yield parts
    finally:
        parts.close()


def watch(parts: Parts, jobs: Sequence[JobRecord]) -> JobRecord:
    """Run jobs, or wait for the server that does, under a progress bar; gives the last one."""
    with progress_bar() as report:
        return parts.intake.indexer.wait_for(jobs, progress=report)[-1]


def course_named(parts: Parts, course_id: str) -> CourseRecord:
    """The course.

    Raises:
        UnknownCourse: There is none.
    """
    with parts.database.reading() as connection:
        found = find_course(connection, course_id)
    if found is None:
        raise UnknownCourse(course_id)
    return found


def show_sources(parts: Parts, course_id: str, only: frozenset[str] | None = None) -> bool:
    """One line a file; whether all of them are indexed."""
    with parts.database.reading() as connection:
        sources = [s for s in sources_of(connection, course_id) if only is None or s.source_id in only]
    for source in sources:
        out.print(_line(source), soft_wrap=True)
    return all(source.status in ("indexed", "partly") for source in sources)


def show_outcome(job: JobRecord) -> bool:
    """What a job came to, in a line; whether it did what was asked."""
    result = job.result or {}
    course = job.course_id
    if job.state == "failed":
        err.print(Text.assemble(("failed ", "bold red"), job.error), soft_wrap=True)
        return False
    if job.state == "held":
        generation = result["generation"]
        err.print(
            Text.assemble(
                ("held ", "bold yellow"),
                "verified answers would change, so the index before still answers. "
                f"Look at them, then: course-tutor generations {course} accept {generation} (or discard)",
            ),
            soft_wrap=True,
        )
        return False
    if result.get("outcome") == "empty":
        out.print(f"{course}: no text to index yet", highlight=False)
        return True
    out.print(
        f"{course}: {result['n_documents']} documents, {result['n_chunks']} chunks "
        f"({result['n_embedded']} embedded, {result['n_reused']} unchanged) in {result['seconds']:.1f} s, "
        f"generation {result['generation']}",
        highlight=False,
        soft_wrap=True,
    )
    return True


def _line(source: SourceRecord) -> Text:
    status = (source.status, _STYLES.get(source.status, "dim"))
    version = f" (version {source.version})" if source.version > 1 else ""
    return Text.assemble(status, f" {source.name}{version}", f": {source.reason}" if source.reason else "")
