"""A data directory with one course and an indexer that runs jobs when it is told to, fast enough for many tests.

As a plugin beside ``postgres_server`` it gives ``place``, in either store.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from chosen_store import opened, settings_at
from hashing_embedder import HashingEmbedder

from index.protocols import Embedder
from tutor.bootstrap import Parts, open_parts
from tutor.ingest.gate import RegressionSet
from tutor.ingest.readings import ReadSource, read_here
from tutor.ingest.receiving import Arrival, Receipt
from tutor.state.courses import CourseRecord
from tutor.state.jobs import JobRecord
from tutor.state.sources import SourceRecord, sources_of

COURSE = "stars"
NEBULA = "# Clouds\n\n## Key terms\n\n- **nebula**: A nebula is a cloud of gas and dust in space.\n"
GIANTS = "# Giants\n\nA red giant swells when the hydrogen in its core runs out.\n"
DWARFS = "# Dwarfs\n\nA white dwarf is the glowing core that a star of low mass leaves behind.\n"


@dataclass(frozen=True)
class Workplace:
    """What a test of ingesting needs at hand."""

    parts: Parts
    folder: Path

    def bring(self, *files: tuple[str, str | bytes], course: str = COURSE) -> Receipt:
        """Upload files, without running the job."""
        incoming = self.folder / "incoming"
        incoming.mkdir(exist_ok=True)
        arrivals = []
        for number, (name, content) in enumerate(files):
            path = incoming / str(number)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            arrivals.append(Arrival(name, path))
        return self.parts.intake.bring(course, arrivals, actor="test")

    def run(self, *jobs: JobRecord) -> JobRecord:
        """Run jobs to their end; gives the last one."""
        return self.parts.intake.indexer.wait_for(jobs, progress=lambda *_: None)[-1]

    def add(self, *files: tuple[str, str | bytes], course: str = COURSE) -> JobRecord:
        """Upload files and index them."""
        return self.run(self.bring(*files, course=course).job)

    def sources(self, course: str = COURSE) -> dict[str, SourceRecord]:
        """The course's sources by name."""
        with self.parts.database.reading() as connection:
            return {source.name: source for source in sources_of(connection, course)}

    def texts(self, question: str, course: str = COURSE) -> list[str]:
        """The texts of everything that the course finds for a question."""
        return [found.chunk.text for found in self.parts.library.tutor(course).search(question, top_k=50)]


def open_workplace(
    folder: Path,
    *,
    open_embedder: Callable[[], Embedder] = HashingEmbedder,
    read: ReadSource = read_here,
    regression: RegressionSet | None = None,
) -> Workplace:
    """Open a data directory, as a process that starts does."""
    settings = settings_at(folder / "data")
    parts = open_parts(settings, open_embedder=open_embedder, bundled=[], read=read, regression=regression)
    opened(parts)
    parts.library.load()
    return Workplace(parts, folder)


def new_workplace(
    folder: Path,
    *,
    open_embedder: Callable[[], Embedder] = HashingEmbedder,
    read: ReadSource = read_here,
    regression: RegressionSet | None = None,
) -> Workplace:
    """A data directory with one course, empty."""
    place = open_workplace(folder, open_embedder=open_embedder, read=read, regression=regression)
    place.parts.intake.create_course(CourseRecord(COURSE, "Stars"), actor="test")
    return place


@pytest.fixture
def place(tmp_path: Path, store: str) -> Workplace:
    """A data directory with one course, empty."""
    return new_workplace(tmp_path)
