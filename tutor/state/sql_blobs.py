"""Original files in the database: whichever machine received one, each can read it."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Select, delete, insert, select, text, update
from sqlalchemy.exc import OperationalError

from tutor.state.blobs import PIECE_BYTES, Blob
from tutor.state.database import Database
from tutor.state.errors import BlobDamaged, BlobMissing, DatabaseUnreachable, TooManyBytes
from tutor.state.file_tables import stored_files, stored_pieces
from tutor.state.half_written import folder_being_written
from tutor.state.ids import new_id


class SqlBlobs:
    """A ``BlobStore``: each file is a row, and its pieces are rows.

    Args:
        database: With connections of its own: files are looked for while others are held.
        folder: Where copies lie while somebody needs a file as a file.
    """

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    def put(self, content: bytes) -> Blob:
        """Store bytes that are in memory already."""
        return self.put_stream((content,), max_bytes=len(content))

    def put_stream(self, chunks: Iterable[bytes], *, max_bytes: int) -> Blob:
        """Store bytes as they arrive, in one transaction.

        Raises:
            TooManyBytes: There are more.
            DatabaseUnreachable: It does not answer, or has no room.
        """
        digest, size, arrival_id = hashlib.sha256(), 0, new_id()
        with self._errors(), self._database.writing() as connection:
            for number, piece in enumerate(_pieces(chunks, max_bytes)):
                digest.update(piece)
                size += len(piece)
                row = {"arrival_id": arrival_id, "number": number, "content": piece}
                connection.execute(insert(stored_pieces), row)
            blob = Blob(digest.hexdigest(), size)
            _name(connection, blob, arrival_id)
        return blob

    def find(self, sha256: str) -> Blob:
        """How large the file is.

        Raises:
            BlobMissing: It is not there.
        """
        return Blob(sha256, self._file(sha256)[0])

    def missing(self, names: Collection[str]) -> frozenset[str]:
        """Those of some names that no file has."""
        statement = select(stored_files.c.sha256).where(stored_files.c.sha256.in_(names))
        with self._errors(), self._database.reading() as connection:
            return frozenset(names) - frozenset(connection.execute(statement).scalars())

    def age_s(self, sha256: str) -> float:
        """Seconds since the file was stored; 0 when it is not there."""
        statement = select(stored_files.c.stored_at).where(stored_files.c.sha256 == sha256)
        with self._errors(), self._database.reading() as connection:
            stored_at = connection.execute(statement).scalar_one_or_none()
        return (datetime.now(UTC) - stored_at).total_seconds() if stored_at is not None else 0.0

    @contextmanager
    def as_file(self, sha256: str) -> Iterator[Path]:
        """A copy of the file, checked, until the block ends.

        Raises:
            BlobMissing: It is not there.
            BlobDamaged: It is another than was stored.
        """
        with folder_being_written(self._folder) as folder:  # held, so that nobody tidies it up; its owner's only
            path, digest = folder / "file", hashlib.sha256()
            with path.open("xb") as file:
                for piece in self.pieces(sha256):
                    digest.update(piece)
                    file.write(piece)
            if digest.hexdigest() != sha256:
                raise BlobDamaged(sha256)
            yield path

    def pieces(self, sha256: str) -> Iterator[bytes]:
        """The file piece by piece; between two of them no connection is held.

        Raises:
            BlobMissing: It is not there, or not any more.
        """
        size, arrival_id = self._file(sha256)
        sent = number = 0
        while sent < size:
            piece = self._piece(arrival_id, number)
            if piece is None:  # deleted; or brought again meanwhile: the same bytes in the same pieces
                before, (size, arrival_id) = arrival_id, self._file(sha256)
                if arrival_id == before:
                    raise BlobMissing(sha256)
                continue
            yield piece
            sent, number = sent + len(piece), number + 1

    def read(self, sha256: str) -> bytes:
        """The whole file, checked.

        Raises:
            BlobMissing: It is not there.
            BlobDamaged: It is another than was stored.
        """
        content = b"".join(self.pieces(sha256))
        if hashlib.sha256(content).hexdigest() != sha256:
            raise BlobDamaged(sha256)
        return content

    def verify(self, sha256: str) -> Blob:
        """Read the file through and check that it is what was stored.

        Raises:
            BlobMissing: It is not there.
            BlobDamaged: It is another than was stored.
        """
        digest, size = hashlib.sha256(), 0
        for piece in self.pieces(sha256):
            digest.update(piece)
            size += len(piece)
        if digest.hexdigest() != sha256:
            raise BlobDamaged(sha256)
        return Blob(sha256, size)

    def delete(self, sha256: str) -> bool:
        """Delete a file that no row names any more; False when it was gone already."""
        with self._errors(), self._database.writing() as connection:
            _hold(connection, sha256)
            arrival_id = connection.execute(_arrival_of(sha256)).scalar_one_or_none()
            if arrival_id is None:
                return False
            connection.execute(delete(stored_pieces).where(stored_pieces.c.arrival_id == arrival_id))
            connection.execute(delete(stored_files).where(stored_files.c.sha256 == sha256))
        return True

    def all(self) -> Iterator[str]:
        """The SHA-256 of every file, in order."""
        with self._errors(), self._database.reading() as connection:
            found = connection.execute(select(stored_files.c.sha256).order_by(stored_files.c.sha256)).scalars().all()
        yield from found

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def left_over(self) -> tuple[Path, ...]:
        """Copies of processes that were killed, or that need them now."""
        return tuple(sorted(self._folder.glob("*")))

    def _file(self, sha256: str) -> tuple[int, str]:
        statement = select(stored_files.c.size, stored_files.c.arrival_id).where(stored_files.c.sha256 == sha256)
        with self._errors(), self._database.reading() as connection:
            found = connection.execute(statement).one_or_none()
        if found is None:
            raise BlobMissing(sha256)
        return found.size, found.arrival_id

    def _piece(self, arrival_id: str, number: int) -> bytes | None:
        where = (stored_pieces.c.arrival_id == arrival_id, stored_pieces.c.number == number)
        with self._errors(), self._database.reading() as connection:
            piece: bytes | None = connection.execute(select(stored_pieces.c.content).where(*where)).scalar_one_or_none()
        return piece

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            where = self._database.url.render_as_string(hide_password=True)
            raise DatabaseUnreachable(where, str(error.orig).strip()) from error


def _name(connection: Connection, blob: Blob, arrival_id: str) -> None:
    """Let the pieces that have just come be the file of that name; were there others, damaged perhaps, they go."""
    _hold(connection, blob.sha256)
    before = connection.execute(_arrival_of(blob.sha256)).scalar_one_or_none()
    if before is None:
        row = {"sha256": blob.sha256, "size": blob.size, "arrival_id": arrival_id, "stored_at": datetime.now(UTC)}
        connection.execute(insert(stored_files), row)
        return
    connection.execute(
        update(stored_files)
        .where(stored_files.c.sha256 == blob.sha256)
        .values(size=blob.size, arrival_id=arrival_id, stored_at=datetime.now(UTC))
    )
    connection.execute(delete(stored_pieces).where(stored_pieces.c.arrival_id == before))


def _arrival_of(sha256: str) -> Select[tuple[str]]:
    return select(stored_files.c.arrival_id).where(stored_files.c.sha256 == sha256)


def _hold(connection: Connection, sha256: str) -> None:
    """Until the transaction ends, nobody else gives, takes or deletes this name. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": sha256})


def _pieces(chunks: Iterable[bytes], max_bytes: int) -> Iterator[bytes]:
    """The same bytes in pieces of one size but the last."""
    waiting, size = bytearray(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > max_bytes:
            raise TooManyBytes(max_bytes)
        waiting += chunk
        while len(waiting) >= PIECE_BYTES:
            yield bytes(waiting[:PIECE_BYTES])
            del waiting[:PIECE_BYTES]
    if waiting:
        yield bytes(waiting)
