"""Inflating within limits: bytes are counted as they come out, whatever was declared."""

import zlib
from tempfile import SpooledTemporaryFile
from typing import IO

from corpus.errors import UnreadableFile, UnsafeArchive

MAX_MEMBER_BYTES = 50_000_000  # of one file that is read; a textbook's HTML is 5 MB, a scanned chapter 30 MB
MAX_INFLATED_BYTES = 500_000_000  # of all files of an archive together
MAX_RATIO = 100  # course XML packs 20 to 40 times; a bomb more than 1,000
RATIO_FREE_BYTES = 1_000_000  # up to here any ratio: an empty spreadsheet packs well and harms nobody
_CHUNK_BYTES = 65_536
_MEMORY_BYTES = 64_000_000  # a larger archive is inflated to an unnamed temporary file


class InflatedBytes:
    """Counts what is inflated of an archive, or of one entry, and knows when it is a bomb."""

    def __init__(self, source_name: str, *, packed_bytes: int) -> None:
        self._source_name = source_name
        self._packed_bytes = max(1, packed_bytes)
        self.n_bytes = 0

    def why_too_many(self, n_bytes: int) -> str:
        """Add bytes; return why they are too many, or too many for the packed bytes that they came from, or ""."""
        self.n_bytes += n_bytes
        if self.n_bytes > MAX_INFLATED_BYTES:
            return f"holds more than {MAX_INFLATED_BYTES / 1e6:g} MB when unpacked; split it"
        if self.n_bytes > RATIO_FREE_BYTES and self.n_bytes > MAX_RATIO * self._packed_bytes:
            return f"grows more than {MAX_RATIO}-fold when unpacked, as a zip bomb does"
        return ""

    def count(self, n_bytes: int) -> None:
        """Add bytes.

        Raises:
            UnsafeArchive: If they are too many.
        """
        if why := self.why_too_many(n_bytes):
            raise UnsafeArchive(self._source_name, why)


def inflate_gzip(data: bytes, source_name: str) -> IO[bytes]:
    """Inflate a gzip file, counting; the result is rewound, and large ones lie in an unnamed temporary file.

    Raises:
        UnsafeArchive: If it is a bomb.
        UnreadableFile: If it is damaged or cut off.
    """
    inflated = SpooledTemporaryFile(max_size=_MEMORY_BYTES)  # noqa: SIM115 - the caller closes it
    total = InflatedBytes(source_name, packed_bytes=len(data))
    rest: bytes = data
    try:
        while rest.startswith(b"\x1f\x8b"):  # several gzip members in a row are one file
            rest = _inflate_member(rest, inflated, total)
    except zlib.error as error:
        inflated.close()
        raise UnreadableFile(source_name, f"a damaged gzip file: {error}; export it again") from error
    except UnreadableFile:
        inflated.close()
        raise
    inflated.seek(0)
    return inflated


def _inflate_member(data: bytes, inflated: IO[bytes], total: InflatedBytes) -> bytes:
    """Append one gzip member; return what follows it."""
    inflater = zlib.decompressobj(wbits=31)
    view = memoryview(data)
    position = 0
    waiting: bytes = b""
    while not inflater.eof:
        if not waiting:
            waiting = bytes(view[position : position + _CHUNK_BYTES])
            position += len(waiting)
            if not waiting:
                raise zlib.error("it is cut off")
        chunk = inflater.decompress(waiting, _CHUNK_BYTES)
        waiting = inflater.unconsumed_tail
        total.count(len(chunk))
        inflated.write(chunk)
    return inflater.unused_data + bytes(view[position:])
