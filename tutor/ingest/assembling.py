"""The sources of a course, as they were last read, become the course that is indexed."""

from collections import defaultdict
from dataclasses import dataclass

from corpus.document_reading import title_from_name
from corpus.types import Course, Document
from index.builder import Aliases
from tutor.errors import UnknownCourse
from tutor.ingest.notes_source import keep_notes
from tutor.ingest.readings import kept_reading
from tutor.state.blobs import BlobStore
from tutor.state.courses import CourseRecord, find_course
from tutor.state.curation import Alias, Note, aliases_of, notes_of
from tutor.state.database import Database
from tutor.state.sources import sources_of


@dataclass(frozen=True, slots=True)
class Assembled:
    """A course at one moment, ready to be indexed, and what it was made of."""

    course: Course
    aliases: Aliases
    source_ids: tuple[str, ...]  # of every source that gave a document
    refused: dict[str, str]  # reasons by source id: its documents would have another's ids


def assemble(database: Database, blobs: BlobStore, course_id: str) -> Assembled:
    """Put a course together from one state of the database.

    Raises:
        UnknownCourse: It was deleted.
        StateError: The notes cannot be kept.
    """
    keep_notes(database, blobs, course_id)
    with database.reading() as connection:
        record = find_course(connection, course_id)
        if record is None:
            raise UnknownCourse(course_id)
        sources = sources_of(connection, course_id)
        notes = notes_of(connection, course_id)
        aliases = _by_term(aliases_of(connection, course_id), notes)
    documents: dict[str, Document] = {}
    source_ids: list[str] = []
    refused: dict[str, str] = {}
    for source in sources:
        reading = kept_reading(source, blobs)
        if reading is None:
            continue
        if taken := sorted(documents.keys() & {document.document_id for document in reading.documents}):
            refused[source.source_id] = f"its document id {taken[0]!r} is another file's; rename the file"
            continue
        documents |= {document.document_id: document for document in reading.documents}
        source_ids += [source.source_id] if reading.documents else []
    course = _course(record, tuple(documents.values()))
    return Assembled(course, aliases, tuple(source_ids), refused)


def _course(record: CourseRecord, documents: tuple[Document, ...]) -> Course:
    only = documents[0].title if len(documents) == 1 else ""
    return Course(
        course_id=record.course_id,
        title=record.title or only or title_from_name(record.course_id),
        documents=documents,
        description=record.description,
        language=record.language,
        licence=record.licence,
        suggested_questions=record.suggested_questions,
    )


def _by_term(aliases: tuple[Alias, ...], notes: tuple[Note, ...]) -> Aliases:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for alias in aliases:
        found[alias.term.casefold()].append(alias.alias)
    for note in notes:
        if note.term and note.aliases:
            found[note.term.casefold()] += note.aliases
    return found
