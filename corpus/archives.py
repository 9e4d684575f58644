"""Zip and tar archives, read as hostile: what an upload may hold, and how much of it.

An archive is known by its content, never by its name. Every entry is inflated once when the archive is opened, and the
bytes that really came out are counted, so that nothing rests on what a header declares. Names are looked up and shown,
never used on a disk. Knows nothing of courses.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from types import TracebackType
from typing import Literal, Protocol, Self

from corpus.archive_names import fault_of_name, kind_of_unix_mode, plain_name
from corpus.errors import UnreadableFile, UnsafeArchive
from corpus.inflating import MAX_MEMBER_BYTES, InflatedBytes, inflate_gzip
from corpus.tar_entries import TarEntries
from corpus.xml_reading import refuse_dtd

ArchiveKind = Literal["zip", "tar.gz", "tar"]

MAX_ENTRIES = 5_000  # a large course export has some 2,000
# Every entry of a directory has this mark, so their number is known before the directory is parsed; archives stored
# inside (docx, pptx) have theirs too, hence the room.
_DIRECTORY_MARK = b"PK\x01\x02"
_MAX_DIRECTORY_MARKS = 50_000
_CHUNK_BYTES = 65_536
_LOCAL_HEADER_BYTES = 30
_IS_ENCRYPTED = 0x1 | 0x40  # flag bits: traditional and strong encryption
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others inflate without a bound, and no course export uses them
_ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OSError, NotImplementedError)
_XML_SUFFIXES = (".xml", ".rels", ".vml")


@dataclass(frozen=True, slots=True)
class RefusedEntry:
    """An entry that is not read, and why."""

    name: str  # as a person can read it
    reason: str


class _Entries(Protocol):
    """The entries of one kind of archive."""

    def names(self) -> Iterator[tuple[str, str]]:
        """Yield the name of every file in it as it stands there, and why it must not be read, or ""."""

    def chunks(self, number: int) -> Iterator[bytes]:
        """Inflate the file with this number, piece by piece."""

    def packed_bytes(self, number: int) -> int:
        """Bytes that the file takes in the archive, at most."""

    def close(self) -> None: ...


class Archive:
    """The files of an archive that may be read, by their names, and the entries that may not."""

    def __init__(self, entries: _Entries, source_name: str, *, archive_bytes: int) -> None:
        self._entries = entries
        self._source_name = source_name
        self._numbers: dict[str, int] = {}
        self._sizes: dict[str, int] = {}
        try:
            self._refused = tuple(self._measure_all(InflatedBytes(source_name, packed_bytes=archive_bytes)))
        except UnreadableFile:
            entries.close()
            raise

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the files that can be read, in the archive's order: NFC, "/" between folders."""
        return tuple(self._numbers)

    @property
    def refused(self) -> tuple[RefusedEntry, ...]:
        """The entries that cannot, and why."""
        return self._refused

    def __contains__(self, name: str) -> bool:
        return plain_name(name) in self._numbers

    def size(self, name: str) -> int:
        """Return how many bytes a file has when inflated."""
        return self._sizes[plain_name(name)]

    def read(self, name: str, *, max_bytes: int = MAX_MEMBER_BYTES) -> bytes:
        """Return the bytes of one file.

        Raises:
            UnreadableFile: If it is larger than ``max_bytes``.
            KeyError: If the archive has no such file.
        """
        size = self.size(name)
        if size > max_bytes:
            raise UnreadableFile(name, f"{size / 1e6:.1f} MB is more than the limit of {max_bytes / 1e6:g} MB")
        return b"".join(self._entries.chunks(self._numbers[plain_name(name)]))

    def close(self) -> None:
        """Let go of the archive; nothing can be read from it afterwards."""
        self._entries.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _measure_all(self, total: InflatedBytes) -> Iterator[RefusedEntry]:
        """Inflate every entry once to learn its true size; yield those that cannot be read."""
        for number, (raw_name, fault) in enumerate(self._entries.names()):
            if number >= MAX_ENTRIES:
                raise UnsafeArchive(self._source_name, f"more than {MAX_ENTRIES:,} files in it; split it")
            name = plain_name(raw_name)
            reason = fault or fault_of_name(raw_name)
            if not reason and name in self._numbers:
                reason = "a second entry of this name; the first one is read"
            if not reason:
                reason = self._measure(number, name, total)
            if reason:
                yield RefusedEntry(name, reason)

    def _measure(self, number: int, name: str, total: InflatedBytes) -> str:
        """Inflate one entry to learn its true size; return why it cannot be read, or "".

        An entry that grows like a bomb is left out; a package of them is refused as a whole by the count of its total.
        """
        own = InflatedBytes(self._source_name, packed_bytes=self._entries.packed_bytes(number))
        try:
            for chunk in self._entries.chunks(number):
                total.count(len(chunk))
                if why := own.why_too_many(len(chunk)):
                    return why
        except _ZIP_FAULTS as error:
            return f"damaged: {error}"
        self._numbers[name] = number
        self._sizes[name] = own.n_bytes
        return ""


def archive_kind(data: bytes) -> ArchiveKind | None:
    """Tell what archive this is by its first bytes; None if it is none. A gzip file counts as a packed tar."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if data.startswith(b"\x1f\x8b"):
        return "tar.gz"
    return "tar" if data[257:262] == b"ustar" else None


def open_archive(data: bytes, source_name: str) -> Archive:
    """Open a zip or tar archive, plain or gzipped, after inflating all of it once within the limits.

    Args:
        data: The whole archive.
        source_name: Its name, for messages.

    Raises:
        UnsafeArchive: If it is a bomb: too many entries, too many bytes, a ratio that no course has, overlaps.
        UnreadableFile: If it is no archive, or damaged so that its directory cannot be read.
    """
    kind = archive_kind(data)
    if kind is None:
        raise UnreadableFile(source_name, "not a zip or tar archive")
    if kind == "zip":
        return Archive(_ZipEntries(data, source_name), source_name, archive_bytes=len(data))
    tar = inflate_gzip(data, source_name) if kind == "tar.gz" else BytesIO(data)
    return Archive(TarEntries(tar, source_name, max_entries=MAX_ENTRIES), source_name, archive_bytes=len(data))


def check_office_zip(data: bytes, source_name: str) -> None:
    """Refuse a .docx, .pptx or the like that would harm the library that reads it: call this first.

    Such a library trusts every entry, so one that is encrypted, damaged, doubled or misnamed is a reason to refuse the
    file, and so is a document type declaration, which no Office program writes.

    Raises:
        UnreadableFile: With the reason; ``UnsafeArchive`` if it is a bomb.
    """
    with open_archive(data, source_name) as archive:
        if archive.refused:
            entry = archive.refused[0]
            raise UnsafeArchive(source_name, f"its part {entry.name!r} cannot be read: {entry.reason}")
        for name in archive.names:
            if name.lower().endswith(_XML_SUFFIXES):
                try:
                    refuse_dtd(archive.read(name), name)
                except UnreadableFile as error:
                    raise UnreadableFile(source_name, f"its part {name!r} cannot be read: {error.reason}") from error


class _ZipEntries:
    """The entries of a zip archive, as its directory lists them."""

    def __init__(self, data: bytes, source_name: str) -> None:
        if data.count(_DIRECTORY_MARK) > _MAX_DIRECTORY_MARKS:
            raise UnsafeArchive(source_name, f"more than {MAX_ENTRIES:,} files in it; split it")
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except _ZIP_FAULTS as error:
            raise UnreadableFile(source_name, f"a damaged zip archive: {error}; export it again") from error
        self._infos = [info for info in self._zip.infolist() if not info.filename.endswith("/")]
        self._refuse_overlaps(source_name, len(data))

    def names(self) -> Iterator[tuple[str, str]]:
        for info in self._infos:
            yield info.orig_filename, self._fault(info)

    def chunks(self, number: int) -> Iterator[bytes]:
        with self._zip.open(self._infos[number]) as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk

    def packed_bytes(self, number: int) -> int:
        return self._infos[number].compress_size

    def close(self) -> None:
        self._zip.close()

    @staticmethod
    def _fault(info: zipfile.ZipInfo) -> str:
        if info.flag_bits & _IS_ENCRYPTED:
            return "encrypted; export it without a password"
        if info.compress_type not in _METHODS:
            return "packed by a method that is not read; pack it by the usual one (deflate)"
        return kind_of_unix_mode(info.external_attr >> 16)

    def _refuse_overlaps(self, source_name: str, archive_bytes: int) -> None:
        """Refuse entries that share bytes: a bomb of 46 MB can hold petabytes so."""
        end = 0
        for info in sorted(self._infos, key=lambda info: info.header_offset):
            start = info.header_offset
            if start < end:
                raise UnsafeArchive(source_name, "entries overlap, which only a zip bomb does")
            end = start + _LOCAL_HEADER_BYTES + info.compress_size
            if start < 0 or end > archive_bytes:
                raise UnreadableFile(source_name, "a damaged zip archive: an entry ends after the file does")
