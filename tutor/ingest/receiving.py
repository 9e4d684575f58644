"""Files arrive: their bytes are stored first, then one transaction knows them and the job that will read them.

So whatever is acknowledged is on the disk, and the row never names bytes that are not.
"""

import mimetypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection

from tutor.ingest.compaction import hold_stored_files
from tutor.ingest.errors import NothingUploaded
from tutor.ingest.source_names import clean_source_name
from tutor.state import audit
from tutor.state.blobs import Blob, BlobStore
from tutor.state.database import Database
from tutor.state.errors import BlobMissing
from tutor.state.ids import new_id
from tutor.state.jobs import JobRecord, enqueue
from tutor.state.sources import SourceRecord, find_source_by_name, insert_source, next_position, update_source

UNKNOWN_TYPE = "application/octet-stream"
_PIECE = 1 << 20

Arrived = Literal["new", "new_version", "unchanged"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file that has come in whole, in a place where it will not stay."""

    name: str  # as the sender gave it
    path: Path
    position: int | None = None  # in reading order; None: behind the others, or where it was


@dataclass(frozen=True, slots=True)
class Received:
    """What an arrival became."""

    source: SourceRecord
    arrived: Arrived


@dataclass(frozen=True, slots=True)
class Receipt:
    """The job that reads what arrived, and each source."""

    job: JobRecord
    received: tuple[Received, ...]


class _Vanished(Exception):
    """A stored file that nobody needed was swept up just before somebody did."""


def receive(
    database: Database, blobs: BlobStore, course_id: str, arrivals: Sequence[Arrival], *, actor: str, max_bytes: int
) -> Receipt:
    """Keep files and queue the job that reads and publishes them; when it returns, all of it is on the disk.

    The same bytes under the same name are no new version. Of two files of one name in one request the last counts.

    Raises:
        NothingUploaded: There is no file.
        TooManyBytes, StateUnwritable: As the store of files says.
    """
    if not arrivals:
        raise NothingUploaded
    by_name = {clean_source_name(arrival.name): arrival for arrival in arrivals}
    while True:
        stored = {name: blobs.put_stream(_pieces(a.path), max_bytes=max_bytes) for name, a in by_name.items()}
        try:
            with database.writing() as connection:
                hold_stored_files(connection)
                if not all(_is_there(blobs, blob) for blob in stored.values()):
                    raise _Vanished
                return _keep(connection, course_id, by_name, stored, actor)
        except _Vanished:
            continue


def _keep(
    connection: Connection, course_id: str, by_name: dict[str, Arrival], stored: dict[str, Blob], actor: str
) -> Receipt:
    received = tuple(
        _keep_one(connection, course_id, name, arrival, stored[name], actor) for name, arrival in by_name.items()
    )
    to_read = [item.source.source_id for item in received]
    job = enqueue(connection, course_id, "ingest", params={"source_ids": to_read}, created_by=actor)
    for item in received:
        detail = {"arrived": item.arrived, "version": item.source.version, "sha256": item.source.sha256}
        audit.record(connection, course_id, actor, "source.upload", item.source.source_id, detail)
    return Receipt(job, received)


def _keep_one(connection: Connection, course_id: str, name: str, arrival: Arrival, blob: Blob, actor: str) -> Received:
    before = find_source_by_name(connection, course_id, name)
    if before is None:
        source = _new_source(connection, course_id, name, arrival, blob, actor)
        insert_source(connection, source)
        return Received(source, "new")
    moved: dict[str, Any] = {"position": arrival.position} if arrival.position not in (None, before.position) else {}
    changed = before.sha256 != blob.sha256
    if changed:
        # The reading stays until there is another: meanwhile, and if that fails, the version before is answered from.
        moved |= {"version": before.version + 1, "sha256": blob.sha256, "size": blob.size}
    if changed or before.status == "failed":
        moved |= {"status": "queued", "reason": ""}
    if moved:
        update_source(connection, course_id, before.source_id, **moved)
    after = find_source_by_name(connection, course_id, name) or before
    return Received(after, "new_version" if changed else "unchanged")


def _new_source(
    connection: Connection, course_id: str, name: str, arrival: Arrival, blob: Blob, actor: str
) -> SourceRecord:
    now = datetime.now(UTC)
    return SourceRecord(
        course_id=course_id,
        source_id=new_id(),
        kind="file",
        name=name,
        media_type=mimetypes.guess_type(name)[0] or UNKNOWN_TYPE,
        version=1,
        sha256=blob.sha256,
        size=blob.size,
        position=next_position(connection, course_id) if arrival.position is None else arrival.position,
        status="queued",
        reason="",
        items=(),
        reading_sha256=None,
        document_ids=(),
        created_by=actor,
        created_at=now,
        updated_at=now,
    )


def _is_there(blobs: BlobStore, blob: Blob) -> bool:
    try:
        blobs.find(blob.sha256)
    except BlobMissing:
        return False
    return True


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
