"""Original files, kept by the SHA-256 of their bytes: written once, never changed, found again by what they are.

Two sources with the same bytes share a file. It knows nothing of courses; which files are still needed, the rows say.
This is the seam: they are in a folder of this machine, or in a database that several machines share.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

PIECE_BYTES = 1 << 20  # of a file in memory at once


@dataclass(frozen=True, slots=True)
class Blob:
    """One stored file."""

    sha256: str
    size: int  # bytes


class BlobStore(Protocol):
    """Where the files are. What is not the SHA-256 of a stored file is ``BlobMissing`` to all of it."""

    def put(self, content: bytes) -> Blob:
        """Store bytes that are in memory already."""
        ...

    def put_stream(self, chunks: Iterable[bytes], *, max_bytes: int) -> Blob:
        """Store bytes as they arrive; when it returns, they are safe, and whole even if a damaged file had their name.

        Args:
            chunks: In order.
            max_bytes: Beyond this, reading stops and nothing is kept.

        Raises:
            TooManyBytes: There are more.
            StateError: There is no room, or it may not be written.
        """
        ...

    def find(self, sha256: str) -> Blob:
        """How large the file is, without reading it.

        Raises:
            BlobMissing: It is not there.
        """
        ...

    def missing(self, names: Collection[str]) -> frozenset[str]:
        """Those of some names that no file has."""
        ...

    def age_s(self, sha256: str) -> float:
        """Seconds since the file was stored; 0 when it is not there."""
        ...

    def as_file(self, sha256: str) -> AbstractContextManager[Path]:
        """The file as a file of this machine, to be read only, and only until the block ends.

        Raises:
            BlobMissing: It is not there.
            BlobDamaged: It had to be copied for that, and is another than was stored.
        """
        ...

    def pieces(self, sha256: str) -> Iterator[bytes]:
        """The file piece by piece, unchecked.

        Raises:
            BlobMissing: It is not there.
        """
        ...

    def read(self, sha256: str) -> bytes:
        """The whole file, checked.

        Raises:
            BlobMissing: It is not there.
            BlobDamaged: It is another than was stored.
        """
        ...

    def verify(self, sha256: str) -> Blob:
        """Read the file through and check that it is what was stored.

        Raises:
            BlobMissing: It is not there.
            BlobDamaged: It is another than was stored.
        """
        ...

    def delete(self, sha256: str) -> bool:
        """Delete a file that no row names any more; False when it was gone already."""
        ...

    def all(self) -> Iterator[str]:
        """The SHA-256 of every file, in order."""
        ...

    def close(self) -> None:
        """Let go of whatever is held."""
        ...

    def left_over(self) -> tuple[Path, ...]:
        """Files of this machine that are half done: of processes that were killed, or that are at it now."""
        ...
