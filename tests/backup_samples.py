"""A system in use that is backed up, and a backup whose system is gone: as a plugin beside ``postgres_server``."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from asking_samples import MORNING, asked
from hashing_embedder import HashingEmbedder
from service_samples import write_courses
from sqlalchemy import insert

from corpus.course_folder import read_course
from index.builder import build_generation
from tutor.state import audit, questions
from tutor.state.backing_up import back_up
from tutor.state.course_tables import courses, sources
from tutor.state.database import Database
from tutor.state.folder_blobs import FolderBlobs
from tutor.state.opening import blobs_of, open_database


@dataclass
class Live:
    """A system in use."""

    folder: Path
    database: Database
    blobs: FolderBlobs
    acknowledged: list[str] = field(default_factory=list)  # sha256 of each stored source

    def store(self, content: bytes) -> None:
        """A file and its row, as an upload leaves them."""
        sha256 = self.blobs.put(content).sha256
        with self.database.writing() as connection:
            connection.execute(
                insert(sources).values(
                    course_id="stars", source_id=sha256, kind="file", name=sha256, media_type="text/plain", version=1,
                    sha256=sha256, size=len(content), position=1, status="indexed", reason="", items=[], created_by="",
                    created_at=MORNING, updated_at=MORNING, document_ids=[],
                )
            )  # fmt: skip
            audit.record(connection, "stars", "cli", "source.add", sha256)
        self.acknowledged.append(sha256)

    def back_up(self, path: Path) -> None:
        back_up(self.database, self.blobs, lambda: nullcontext(self.folder / "index"), path)


@pytest.fixture
def live(database: Database, tmp_path: Path) -> Live:
    """A system with one course, one question and one file, on each kind of database."""
    folder = tmp_path / "data"
    live = Live(folder, database, blobs_of(folder))
    with database.writing() as connection:
        connection.execute(
            insert(courses).values(
                course_id="stars", title="Stars", description="", language="english", licence="",
                suggested_questions=["What is a nebula?"], log_questions=True, created_at=MORNING,
            )
        )  # fmt: skip
        questions.add(connection, [asked("q1", spans=2)])
    live.store(b"a first file")
    build_generation(read_course(write_courses(tmp_path / "courses")[0]), HashingEmbedder(), folder / "index")
    return live


@contextmanager
def opened(folder: Path, url: str = "") -> Iterator[Live]:
    """A system that was restored, or is new; closed at the end."""
    with closing(open_database(folder, url)) as database:
        yield Live(folder, database, blobs_of(folder))


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A small backup, whose system is gone."""
    with opened(tmp_path / "gone") as live:
        live.blobs.put(b"unneeded")
        with live.database.writing() as connection:
            questions.add(connection, [asked("q1")])
        live.back_up(tmp_path / "backup.tar")
    shutil.rmtree(tmp_path / "gone")
    return tmp_path / "backup.tar"
