"""The instructors' notes of a course as one source, so that they are indexed, cited and shown like any file."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from corpus.document_reading import read_document
from corpus.types import ItemReport, SourceReading
from tutor.ingest.readings import keep_reading
from tutor.ingest.source_names import document_id_of
from tutor.state.blobs import Blob, BlobStore
from tutor.state.curation import Note, notes_of
from tutor.state.database import Database
from tutor.state.ids import new_id
from tutor.state.sources import SourceRecord, insert_source, mark_source_deleted, sources_of, update_source

NOTES_NAME = "Instructor's notes"
NOTES_POSITION = 1_000_000  # behind every file
_NOBODY = "system"


def keep_notes(database: Database, blobs: BlobStore, course_id: str) -> None:
    """Bring the course's source of kind "notes" up to its notes: made, changed, or gone with the last of them.

    Raises:
        StateError: The disk is full or fails.
    """
    with database.reading() as connection:
        content = notes_as_markdown(notes_of(connection, course_id))
        found = [source for source in sources_of(connection, course_id) if source.kind == "notes"]
    before = found[0] if found else None
    if not content:
        if before is not None:
            with database.writing() as connection:
                mark_source_deleted(connection, course_id, before.source_id)
        return
    blob = blobs.put(content)
    if before is not None and before.sha256 == blob.sha256 and before.reading_sha256 is not None:
        return
    source = _source(course_id, blob, before)
    reading = _read(source, content)
    sha256 = keep_reading(source, reading, blobs)
    with database.writing() as connection:
        if before is None:
            insert_source(connection, replace(source, items=reading.items, reading_sha256=sha256))
        else:
            update_source(
                connection, course_id, source.source_id, items=reading.items, reading_sha256=sha256, status="read",
                version=source.version, sha256=source.sha256, size=source.size,
            )  # fmt: skip


def notes_as_markdown(notes: Sequence[Note]) -> bytes:
    """The file: definitions in a glossary, then everything else; empty when there is no note."""
    if not notes:
        return b""
    definitions = [f"- **{_line(note.term)}**: {_line(note.text)}" for note in notes if note.term]
    others = [note.text.strip() for note in notes if not note.term]
    lines = [f"# {NOTES_NAME}"]
    if definitions:
        lines += ["## Key terms", *definitions]
    if others:
        lines += ["## Notes", *others]
    return ("\n\n".join(lines) + "\n").encode()


def _line(text: str) -> str:
    return " ".join(text.split())


def _read(source: SourceRecord, content: bytes) -> SourceReading:
    """Read here, without a child process: the text is ours but for what stands in its paragraphs."""
    document_id = document_id_of(NOTES_NAME)
    document = read_document(content, NOTES_NAME, course_id=source.course_id, document_id=document_id)
    item = ItemReport(NOTES_NAME, "read", document_id=document_id, n_chars=len(document.text))
    return SourceReading((document,), (item,))


def _source(course_id: str, blob: Blob, before: SourceRecord | None) -> SourceRecord:
    if before is not None:
        return replace(before, version=before.version + 1, sha256=blob.sha256, size=blob.size)
    now = datetime.now(UTC)
    return SourceRecord(
        course_id=course_id,
        source_id=new_id(),
        kind="notes",
        name=NOTES_NAME,
        media_type="text/markdown",
        version=1,
        sha256=blob.sha256,
        size=blob.size,
        position=NOTES_POSITION,
        status="read",
        reason="",
        items=(),
        reading_sha256=None,
        document_ids=(document_id_of(NOTES_NAME),),
        created_by=_NOBODY,
        created_at=now,
        updated_at=now,
    )
