"""Archives that no course has: bombs, lies and names that lead elsewhere, made as attackers make them."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from functools import cache

ZEROS = b"\0" * 1_000_000


def zip_of(files: Mapping[str, bytes | str], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tar_of(files: Mapping[str, bytes | str], *, packed: bool = True) -> bytes:
    """A tar archive of these files, gzipped as Moodle writes it unless told otherwise."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(buffer.getvalue(), 6) if packed else buffer.getvalue()


@cache
def deflated(n_bytes: int) -> bytes:
    """Raw deflate data that inflates to this many zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    parts = [packer.compress(ZEROS) for _ in range(n_bytes // len(ZEROS))]
    return b"".join([*parts, packer.flush()])


@cache
def crc_of_zeros(n_bytes: int) -> int:
    """The checksum of that many zeros."""
    crc = 0
    for _ in range(n_bytes // len(ZEROS)):
        crc = zlib.crc32(ZEROS, crc)
    return crc


def raw_zip(entries: Iterable[tuple[str, bytes, int, int, int]], *, shared: bool = False) -> bytes:
    """A zip written by hand: name, packed bytes, declared packed size, declared size, checksum of every entry.

    With ``shared`` all entries of the directory point at the first one's bytes.
    """
    body, directory, n_entries = b"", b"", 0
    for name, packed, packed_size, size, crc in entries:
        raw = name.encode()
        offset = 0 if shared else len(body)
        fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, crc, packed_size, size, len(raw), 0)
        if not shared or not body:
            body += b"PK\x03\x04" + fields + raw + packed
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, offset) + raw
        n_entries += 1
    end = struct.pack("<HHHHIIH", 0, 0, n_entries % 65536, n_entries % 65536, len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def quoted_bomb(n_files: int, kernel_bytes: int) -> bytes:
    """Overlapping entries as David Fifield made them: each quotes the next one's header and shares one kernel."""
    kernel = deflated(kernel_bytes)
    names = [f"{number:04d}" for number in range(n_files)]
    tails: list[bytes] = [_local_header(names[-1], len(kernel), kernel_bytes, crc_of_zeros(kernel_bytes)) + kernel]
    sizes: list[tuple[int, int, int]] = [(len(kernel), kernel_bytes, crc_of_zeros(kernel_bytes))]
    for name in reversed(names[:-1]):
        packed_size, size, _ = sizes[-1]
        header = tails[-1][: 30 + len(name)]
        quote = struct.pack("<BHH", 0, len(header), len(header) ^ 0xFFFF)
        own = (packed_size + len(quote) + len(header), size + len(header), 0)
        sizes.append(own)
        tails.append(_local_header(name, *own) + quote + tails[-1])
    body = tails[-1]
    directory = b""
    for name, own, tail in zip(names, reversed(sizes), reversed(tails), strict=True):
        fields = _local_header(name, *own)[4:30]
        start = len(body) - len(tail)
        directory += (
            b"PK\x01\x02" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, start) + name.encode()
        )
    end = struct.pack("<HHHHIIH", 0, 0, n_files, n_files, len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def _local_header(name: str, packed_size: int, size: int, crc: int) -> bytes:
    return (
        b"PK\x03\x04"
        + struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, crc, packed_size, size, len(name), 0)
        + name.encode()
    )


@cache
def bombs() -> dict[str, bytes]:
    """Twenty-five archives that harm whoever unpacks them, by what they are."""
    packed = deflated(60_000_000)
    crc = crc_of_zeros(60_000_000)
    honest = ("a.html", packed, len(packed), 60_000_000, crc)
    flat = zip_of({"bomb.txt": b"\0" * 20_000_000})
    many = {f"{number}.txt": "x" for number in range(5_001)}
    zeros_tar = tar_of({"bomb.xml": b"\0" * 20_000_000}, packed=False)
    entities = '<?xml version="1.0"?><a>' + "&lol;" * 4_000_000 + "</a>"
    long_name = tarfile.TarInfo("././@LongLink")
    long_name.type, long_name.size = tarfile.GNUTYPE_LONGNAME, 20_000_000
    pax = tarfile.TarInfo("pax")
    pax.type, pax.size = tarfile.XHDTYPE, 20_000_000
    return {
        "60 MB of zeros": raw_zip([honest]),
        "declares 10 bytes": raw_zip([("a.html", packed, len(packed), 10, crc)]),
        "declares 4 GB packed": raw_zip([("a.html", packed, 0xFFFFFFF0, 60_000_000, crc)]),
        "declares 4 GB": raw_zip([("a.html", packed, len(packed), 0xFFFFFFF0, crc)]),
        "wrong checksum": raw_zip([("a.html", packed, len(packed), 60_000_000, 7)]),
        "overlapping entries": raw_zip([(f"{n}.html", packed, len(packed), 10, 0) for n in range(40)], shared=True),
        "quoted overlap": quoted_bomb(200, 1_000_000),
        "quoted overlap, few": quoted_bomb(2, 2_000_000),
        "ratio 1,000": flat,
        "a .doc": zip_of({"word.doc": b"\0" * 5_000_000}),
        "a cartridge": zip_of({"imsmanifest.xml": b" " * 30_000_000}),
        "a Word file": zip_of({"[Content_Types].xml": "<Types/>", "word/document.xml": b" " * 30_000_000}),
        "XML of entities": zip_of({"imsmanifest.xml": entities}),
        "an EPUB": zip_of({"mimetype": "application/epub+zip", "OEBPS/1.xhtml": b"<p>" * 10_000_000}),
        "many small ratios": zip_of({f"{number}.txt": b"\0" * 990_000 for number in range(300)}),
        "5,001 entries": zip_of(many, method=zipfile.ZIP_STORED),
        "60,000 entries": raw_zip([(f"{number}", b"\3\0", 2, 0, 0) for number in range(60_000)]),
        "a packed tar": gzip.compress(zeros_tar),
        "a tar that is cut off": zeros_tar[:2_000_000],
        "gzip of zeros": gzip.compress(ZEROS * 30),
        "gzip members in a row": gzip.compress(ZEROS) * 30,
        "a tar of 5,001 entries": tar_of(many),
        "a tar with a long name": long_name.tobuf() + b"n" * 20_000_000 + b"\0" * 1024,
        "a tar with a long header": pax.tobuf() + b"1" * 20_000_000 + b"\0" * 1024,
        "a tar of empty folders": tar_of({f"{number}/": "" for number in range(11_000)}),
    }
