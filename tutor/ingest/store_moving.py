"""All files and generations move to the other kind of store; what they move from is only read.

Each file and each generation is written whole or not at all, and read back; the rows are made to agree at the very end,
in one transaction. So it may be killed anywhere: nothing is lost, nothing answers from half of it, and the next run
takes up where this one ended.
"""

import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import update

from index.errors import IndexingError, IndexUnreachable
from index.folder_generations import FolderGenerations
from index.generation_store import GenerationStore, GenerationWriter
from index.generations import Pointer
from index.protocols import Progress
from tutor.ingest.errors import MovedOtherwise
from tutor.state.blobs import BlobStore
from tutor.state.course_tables import generations
from tutor.state.courses import all_courses
from tutor.state.database import Database
from tutor.state.generations import generations_of
from tutor.state.row_files import has_rows, replace_rows, write_rows
from tutor.state.sources import stored_files

_PRUNED = "one of its name is about to be deleted; run it again in a minute"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Store:
    """Where generations and files are."""

    generations: GenerationStore
    blobs: BlobStore

    def close(self) -> None:
        """Let go of both."""
        self.generations.close()
        self.blobs.close()


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move came to."""

    n_files: int
    n_generations: int
    left: tuple[str, ...]  # what could not be read, with the reason; it can be built anew from the files


@dataclass(frozen=True, slots=True)
class _Found:
    """A generation of a course, as the source has it."""

    course_id: str
    pointer: Pointer
    answers: bool


def move_rows(source: Database, target: Database) -> None:
    """Copy every row into a database that has none yet; one that has some is left as it is."""
    with source.reading() as reading, target.writing() as writing, tempfile.TemporaryDirectory() as folder:
        if has_rows(writing):
            return
        expected = write_rows(reading, Path(folder))
        if replace_rows(writing, Path(folder)) != expected:
            raise MovedOtherwise("the rows", "they are not as many as before")


def move_store(source: Store, target: Store, database: Database, *, progress: Progress) -> Moved:
    """Make ``target`` hold what ``source`` holds, and the rows describe it there; nobody may serve meanwhile.

    Raises:
        AnotherWriter: Somebody publishes, here or there.
        BlobDamaged, BlobMissing: A file is not what was stored: course-tutor doctor.
        MovedOtherwise: Something was not there as it was here; nothing answers from it.
        OSError, IndexingError, StateError: There is no room, or the database does not answer.
    """
    with ExitStack() as held:
        held.enter_context(source.generations.writing())
        writer = held.enter_context(target.generations.writing())
        target.generations.sweep()
        n_files = _move_files(source.blobs, target.blobs, _needed(database), progress)
        left: list[str] = []
        moved: dict[_Found, Pointer] = {}
        found = list(_generations(source.generations, database))
        for number, each in enumerate(found, start=1):
            try:
                moved[each] = _move_generation(source.generations, target.generations, writer, each)
            except IndexUnreachable:  # for a moment, maybe: not a reason to leave a sound course behind
                raise
            except IndexingError as error:
                left.append(str(error))
            progress("indexes", number, len(found))
        _switch(writer, target.generations, moved)
        _describe(database, moved)
    return Moved(n_files, len(moved), tuple(left))


@contextmanager
def in_a_folder(store: GenerationStore, beside: Path) -> Iterator[Path]:
    """The generations that answer, in a folder: what a backup takes in. Damaged ones are left out."""
    if isinstance(store, FolderGenerations):
        yield store.root
        return
    with tempfile.TemporaryDirectory(dir=beside, prefix=".indexes-") as name:
        folder = FolderGenerations(Path(name))
        with folder.writing() as writer:
            for course_id in store.courses():
                try:
                    writer.switch(course_id, writer.write(*store.read(course_id)))
                except IndexUnreachable:
                    raise
                except IndexingError as error:
                    logger.warning("course %s is left out: %s", course_id, error)
        yield folder.root


def _needed(database: Database) -> Sequence[str]:
    with database.reading() as connection:
        return sorted(stored_files(connection, [course.course_id for course in all_courses(connection)]))


def _move_files(source: BlobStore, target: BlobStore, names: Sequence[str], progress: Progress) -> int:
    there = set(target.all())
    for number, name in enumerate(names, start=1):
        if name not in there:
            size = source.find(name).size
            if target.put_stream(source.pieces(name), max_bytes=size).sha256 != name:
                raise MovedOtherwise(f"file {name}", "it is another than was stored; run: course-tutor doctor")
        progress("files", number, len(names))
    return len(names)


def _generations(store: GenerationStore, database: Database) -> Iterator[_Found]:
    """What answers, and what is kept or held beside it."""
    with database.reading() as connection:
        courses = {course.course_id for course in all_courses(connection)}
        described = {course_id: generations_of(connection, course_id, ("kept", "held")) for course_id in courses}
    for course_id in sorted(courses & set(store.courses())):
        yield _Found(course_id, store.pointer(course_id), answers=True)
    for course_id, records in sorted(described.items()):
        for record in records:
            yield _Found(course_id, Pointer(record.generation, record.manifest_sha256), answers=False)


def _move_generation(
    source: GenerationStore, target: GenerationStore, writer: GenerationWriter, found: _Found
) -> Pointer:
    manifest, contents = source.read(found.course_id, pointer=found.pointer)
    there = target.find(found.course_id, manifest.generation)
    if there is None:
        there = writer.write(manifest, contents)
        if there.generation != manifest.generation:
            raise MovedOtherwise(f"generation {manifest.generation}", _PRUNED)
    else:  # of a move that was cut off; the name is a hash of all that a generation is made of
        target.read(found.course_id, pointer=there)
    return there


def _switch(writer: GenerationWriter, target: GenerationStore, moved: dict[_Found, Pointer]) -> None:
    answering = {found.course_id: pointer for found, pointer in moved.items() if found.answers}
    for course_id, pointer in answering.items():
        writer.switch(course_id, pointer)
    for course_id in set(target.courses()) - set(answering):  # of an earlier life: no row knows it
        writer.remove_course(course_id)


def _describe(database: Database, moved: dict[_Found, Pointer]) -> None:
    """The manifests are others there: they vouch for other files."""
    with database.writing() as connection:
        for found, pointer in moved.items():
            connection.execute(
                update(generations)
                .where(generations.c.course_id == found.course_id, generations.c.generation == found.pointer.generation)
                .values(manifest_sha256=pointer.manifest_sha256)
            )
