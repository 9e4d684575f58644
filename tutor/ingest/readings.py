"""What a source says, read once in a child process and kept as JSON lines beside the file itself.

The first line names what was read and by which reader; a source whose line still fits is not read again.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from corpus.document_rows import Row, document_row, from_lines, item_row, read_document, read_item, to_lines
from corpus.errors import CorpusError
from corpus.source_reading import read_source
from corpus.types import ItemReport, SourceReading
from tutor.ingest.source_names import document_id_of
from tutor.state.blobs import BlobStore
from tutor.state.errors import StateError
from tutor.state.sources import SourceRecord, SourceStatus

READER_VERSION = 1  # raise it when a reader reads better: every source is then read anew by the next publish

MAX_REASONS = 3  # of a package's items, in the source's own reason; all of them stand in its items
_NO_TEXT = "no text was found in it"


class ReadSource(Protocol):
    """Reads a file in a process of its own, within limits (``corpus.reading_process.read_in_child``)."""

    def __call__(self, path: Path, source_name: str, *, course_id: str, document_id: str) -> SourceReading:
        """Read one file.

        Raises:
            CorpusError: Nothing in it can be read, or the limits were passed; the message says which.
        """
        ...


def read_here(path: Path, source_name: str, *, course_id: str, document_id: str) -> SourceReading:
    """Read a file in this process, without limits: for tests, and files that are ours.

    Raises:
        CorpusError: Nothing in it can be read.
    """
    return read_source(path.read_bytes(), source_name, course_id=course_id, document_id=document_id)


def read_and_keep(source: SourceRecord, blobs: BlobStore, read: ReadSource) -> tuple[str, SourceReading]:
    """Read a source's file, and keep the reading.

    Returns:
        The reading, and the SHA-256 under which it is kept.

    Raises:
        CorpusError: Nothing in it can be read.
        StateError: Its bytes are damaged or gone, or the disk is full.
    """
    blobs.verify(source.sha256)
    with blobs.as_file(source.sha256) as path:
        reading = read(path, source.name, course_id=source.course_id, document_id=document_id_of(source.name))
    return keep_reading(source, reading, blobs), reading


def kept_reading(source: SourceRecord, blobs: BlobStore) -> SourceReading | None:
    """The documents of a source as they were last read; None if it was never read, or the reading is lost.

    They may be those of an older version of it: as long as a newer one is not read, that is what it says.
    """
    rows = _kept_rows(source, blobs)
    if rows is None:
        return None
    try:
        return SourceReading(
            documents=tuple(read_document(row["document"], source.course_id) for row in rows if "document" in row),
            items=tuple(read_item(row["item"]) for row in rows if "item" in row),
        )
    except (KeyError, TypeError, ValueError):
        return None


def is_current(source: SourceRecord, blobs: BlobStore) -> bool:
    """Whether the kept reading is of this version of the source, by today's reader."""
    rows = _kept_rows(source, blobs)
    return rows is not None and rows[0] == _heading(source)


def status_of(reading: SourceReading) -> tuple[SourceStatus, str]:
    """What a reading makes of its source, and why it is not all well."""
    left_out = [item for item in reading.items if item.outcome != "read"]
    reason = _reason(left_out)
    if not any(document.text.strip() for document in reading.documents):
        return "failed", f"{_NO_TEXT}{': ' + reason if reason else ''}"
    return ("partly", reason) if left_out else ("read", "")


def failure(error: Exception) -> str:
    """Why a source failed, for whoever brought it; the operating system's own words name paths, which nobody needs."""
    if isinstance(error, CorpusError | StateError):
        return getattr(error, "reason", "") or str(error)
    if isinstance(error, OSError):
        return f"it could not be read: {error.strerror or type(error).__name__}"
    return f"it could not be read: {type(error).__name__}"


def keep_reading(source: SourceRecord, reading: SourceReading, blobs: BlobStore) -> str:
    """Keep what a source says; gives the SHA-256 under which it is kept."""
    return blobs.put(to_lines(_rows(source, reading))).sha256


def _rows(source: SourceRecord, reading: SourceReading) -> Iterable[Row]:
    yield _heading(source)
    yield from ({"item": item_row(item)} for item in reading.items)
    yield from ({"document": document_row(document)} for document in reading.documents)


def _heading(source: SourceRecord) -> Row:
    return {"reader": READER_VERSION, "sha256": source.sha256, "name": source.name}


def _kept_rows(source: SourceRecord, blobs: BlobStore) -> Sequence[Row] | None:
    if source.reading_sha256 is None:
        return None
    try:
        return from_lines(blobs.read(source.reading_sha256)) or None
    except (StateError, ValueError):
        return None


def _reason(left_out: Sequence[ItemReport]) -> str:
    told = [f"{item.name}: {item.reason}" if len(left_out) > 1 else item.reason for item in left_out[:MAX_REASONS]]
    more = len(left_out) - len(told)
    return "; ".join(told) + (f"; and {more} more" if more > 0 else "")
