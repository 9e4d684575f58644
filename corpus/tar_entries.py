"""The entries of a tar archive that is already inflated."""

import tarfile
from collections.abc import Iterator
from io import BufferedIOBase
from typing import IO

from corpus.errors import UnreadableFile, UnsafeArchive

_CHUNK_BYTES = 65_536
_MAX_HEADER_BYTES = 1_000_000  # of one extended header; real ones hold a long name
_TAR_FAULTS = (tarfile.TarError, ValueError, OverflowError, EOFError, OSError, RecursionError)


class TarEntries:
    """The entries of a tar archive, by their place in it.

    Args:
        file: The inflated archive; closed by ``close``.
        source_name: Its name, for messages.
        max_entries: Refuse more.

    Raises:
        UnsafeArchive: If it has too many entries.
        UnreadableFile: If it is damaged.
    """

    def __init__(self, file: IO[bytes], source_name: str, *, max_entries: int) -> None:
        self._file = file
        self._members: list[tarfile.TarInfo] = []
        try:
            self._list(source_name, max_entries)
        except _TAR_FAULTS as error:
            file.close()
            raise UnreadableFile(source_name, f"a damaged tar archive: {error}; export it again") from error
        except UnreadableFile:
            file.close()
            raise

    def names(self) -> Iterator[tuple[str, str]]:
        """Yield the name of every file in it as it stands there, and why it must not be read, or ""."""
        for member in self._members:
            yield member.name, _fault(member)

    def chunks(self, number: int) -> Iterator[bytes]:
        """Read the file with this number, piece by piece."""
        member = self._members[number]
        self._file.seek(member.offset_data)
        left = member.size
        while left:
            chunk = self._file.read(min(left, _CHUNK_BYTES))
            if not chunk:
                raise EOFError("it is cut off")
            left -= len(chunk)
            yield chunk

    def packed_bytes(self, number: int) -> int:
        """Bytes that the file takes in the archive, at most."""
        return self._members[number].size  # packed as a whole, and counted as a whole

    def close(self) -> None:
        """Let go of the archive."""
        self._file.close()

    def _list(self, source_name: str, max_entries: int) -> None:
        with tarfile.open(fileobj=_Headers(self._file), mode="r:") as tar:
            n_entries = 0
            while (member := tar.next()) is not None:
                n_entries += 1
                if n_entries > 2 * max_entries:  # folders have entries of their own
                    raise UnsafeArchive(source_name, f"more than {max_entries:,} files in it; split it")
                if not member.isdir():
                    self._members.append(member)


class _Headers(BufferedIOBase):
    """The archive as the library sees it while listing: no header may be large, since it is read whole."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or not 0 <= size <= _MAX_HEADER_BYTES:
            raise tarfile.ReadError("a header that is too long")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def _fault(member: tarfile.TarInfo) -> str:
    if member.issym() or member.islnk():
        return "a link; pack the file itself"
    if not member.isreg() or member.issparse():
        return "not a plain file"
    return ""
