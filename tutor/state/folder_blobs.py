"""Original files in a folder, which is all that one machine needs."""

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from index.durable import sync_folder
from tutor.state.blobs import PIECE_BYTES, Blob
from tutor.state.errors import BlobDamaged, BlobMissing, StateUnwritable, TooManyBytes
from tutor.state.half_written import hold

_SHA256 = re.compile(r"[0-9a-f]{64}")  # nothing else becomes a path
_ASIDE = ".arriving-"


class FolderBlobs:
    """A ``BlobStore``: files under one folder, in 256 folders by the first two digits of their hash.

    Args:
        folder: Made with the first file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> Blob:
        """Store bytes that are in memory already."""
        return self.put_stream((content,), max_bytes=len(content))

    def put_stream(self, chunks: Iterable[bytes], *, max_bytes: int) -> Blob:
        """Store bytes as they arrive; when it returns, they and their name are on the disk.

        Args:
            chunks: In order.
            max_bytes: Beyond this, reading stops and nothing is kept.

        Raises:
            TooManyBytes: There are more.
            StateUnwritable: The disk is full, or may not be written.
        """
        with self._disk():
            file, aside = self._new_file()
        with file:  # open, and so held, until it has its name
            try:
                blob = self._copy(chunks, file, max_bytes)
                with self._disk():
                    self._name(aside, blob.sha256)
            finally:
                aside.unlink(missing_ok=True)  # there only if something failed
        return blob

    def find(self, sha256: str) -> Blob:
        """How large the file is.

        Raises:
            BlobMissing: It is not there, or this is not a SHA-256.
        """
        return Blob(sha256, self.path(sha256).stat().st_size)

    def missing(self, names: Collection[str]) -> frozenset[str]:
        """Those of some names that no file has."""
        return frozenset(name for name in names if (path := self._path(name)) is None or not path.is_file())

    def age_s(self, sha256: str) -> float:
        """Seconds since the file was stored; 0 when it is not there."""
        try:
            return time.time() - self.path(sha256).stat().st_mtime
        except (BlobMissing, FileNotFoundError):
            return 0.0

    def path(self, sha256: str) -> Path:
        """Where the file is, to be read only.

        Raises:
            BlobMissing: It is not there, or this is not a SHA-256.
        """
        path = self._path(sha256)
        if path is None or not path.is_file():
            raise BlobMissing(sha256)
        return path

    @contextmanager
    def as_file(self, sha256: str) -> Iterator[Path]:
        """Where the file is, to be read only.

        Raises:
            BlobMissing: It is not there.
        """
        yield self.path(sha256)

    def pieces(self, sha256: str) -> Iterator[bytes]:
        """The file piece by piece.

        Raises:
            BlobMissing: It is not there.
        """
        with self.path(sha256).open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                yield piece

    def read(self, sha256: str) -> bytes:
        """The whole file, checked.

        Raises:
            BlobMissing: It is not there.
            BlobDamaged: It is another than was stored.
        """
        content = self.path(sha256).read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise BlobDamaged(sha256)
        return content

    def verify(self, sha256: str) -> Blob:
        """Read the file through and check that it is what was stored.

        Raises:
            BlobMissing: It is not there.
            BlobDamaged: It is another than was stored.
        """
        path = self.path(sha256)
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                raise BlobDamaged(sha256)
        return Blob(sha256, path.stat().st_size)

    def delete(self, sha256: str) -> bool:
        """Delete a file that no row names any more; False when it was gone already."""
        path = self._path(sha256)
        if path is None or not path.is_file():
            return False
        path.unlink()
        sync_folder(path.parent)
        return True

    def all(self) -> Iterator[str]:
        """The SHA-256 of every file, in order."""
        yield from (path.name for path in sorted(self._folder.glob("??/*")) if _SHA256.fullmatch(path.name))

    def close(self) -> None:
        """Nothing is held."""

    def left_over(self) -> tuple[Path, ...]:
        """Files that never arrived whole: of writers that were killed, or that are writing now."""
        return tuple(sorted(self._folder.glob(f"{_ASIDE}*")))

    def _new_file(self) -> tuple[BinaryIO, Path]:
        self._folder.mkdir(parents=True, exist_ok=True)
        while True:
            descriptor, name = tempfile.mkstemp(prefix=_ASIDE, dir=self._folder)  # readable by its owner only
            if hold(descriptor, Path(name)):
                return os.fdopen(descriptor, "wb"), Path(name)
            os.close(descriptor)

    def _name(self, aside: Path, sha256: str) -> None:
        target = self._folder / sha256[:2] / sha256
        if not target.parent.is_dir():
            target.parent.mkdir(exist_ok=True)
            sync_folder(self._folder)
        # Over a file of this name too: were it damaged, it is whole now.
        aside.replace(target)
        sync_folder(target.parent)

    def _path(self, sha256: str) -> Path | None:
        return self._folder / sha256[:2] / sha256 if _SHA256.fullmatch(sha256) else None

    def _copy(self, chunks: Iterable[bytes], file: BinaryIO, max_bytes: int) -> Blob:
        digest = hashlib.sha256()
        size = 0
        for chunk in chunks:
            size += len(chunk)
            if size > max_bytes:
                raise TooManyBytes(max_bytes)
            digest.update(chunk)
            with self._disk():
                file.write(chunk)
        with self._disk():
            file.flush()
            os.fsync(file.fileno())
        return Blob(digest.hexdigest(), size)

    @contextmanager
    def _disk(self) -> Iterator[None]:
        """The disk's errors become ours; those of whoever sends do not pass here."""
        try:
            yield
        except OSError as error:
            raise StateUnwritable(self._folder, error) from error
