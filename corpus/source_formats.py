"""What format a file is in, told by its content: names lie, and a browser sends what the learning platform called it.

The name decides only between formats that look alike: Markdown and plain text, and HTML that begins without saying so.
"""

import re
import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import PurePosixPath
from typing import Literal

from corpus.decoding import BYTE_ORDER_MARKS
from corpus.errors import UnreadableFile

SourceFormat = Literal[
    "markdown",
    "html",
    "pdf",
    "docx",
    "pptx",
    "epub",
    "zip",
    "common_cartridge",
    "moodle_backup",
    "moodle_glossary",
]

HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})

_PDF_HEADER_WITHIN = 1024  # bytes; other programs accept a header that late, and so does the reader
_LOOKED_AT_CHARS = 2_000
_MAX_CONTENT_TYPES_BYTES = 1_000_000  # of [Content_Types].xml: a line for each part
# Possessive and atomic, so that no text takes longer than one look at each character.
_ROOT = re.compile(r"(?>\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^<>\[]*>)*+<([A-Za-z][\w:.-]*)", re.DOTALL | re.IGNORECASE)
_MAIN_PART = b".main+xml"
_MAX_TYPE_BYTES = 100  # before ".main+xml"; the longest known one has 76
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_OFFICE_PARTS: tuple[tuple[bytes, SourceFormat], ...] = (
    (b"wordprocessingml.", "docx"),
    (b"ms-word.", "docx"),  # with macros, which are not read
    (b"presentationml.", "pptx"),
    (b"ms-powerpoint.", "pptx"),
)
_ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, KeyError, RuntimeError)


def format_of(data: bytes, source_name: str) -> SourceFormat:
    """Tell which reader a file needs. A file of no known signature is text: its reader says if it is not.

    Raises:
        UnreadableFile: If it is of a known format that no reader here understands, or locked by a password.
    """
    if b"%PDF-" in data[:_PDF_HEADER_WITHIN]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _format_of_zip(data, source_name)
    if data.startswith(b"\x1f\x8b"):
        return "moodle_backup"  # a packed tar; the reader says when it is another one
    if data.startswith(_OLD_OFFICE):
        raise UnreadableFile(source_name, _why_not_old_office(data))
    return _format_of_text(data, source_name)


def _format_of_zip(data: bytes, source_name: str) -> SourceFormat:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "[Content_Types].xml" in names:
                return _format_of_office_file(archive, source_name)
            if "mimetype" in names:
                with archive.open("mimetype") as file:
                    kind = file.read(100).decode("latin-1")
                if "opendocument" in kind:
                    raise UnreadableFile(source_name, "an OpenDocument file; save it as DOCX, PPTX or PDF")
                if "epub" in kind:
                    return "epub"
    except _ZIP_FAULTS as error:
        raise UnreadableFile(source_name, "a damaged zip file (or one that is incomplete); export it again") from error
    if "META-INF/container.xml" in names:
        return "epub"
    if "moodle_backup.xml" in names:
        return "moodle_backup"
    return "common_cartridge" if "imsmanifest.xml" in names else "zip"


def _format_of_office_file(archive: zipfile.ZipFile, source_name: str) -> SourceFormat:
    with archive.open("[Content_Types].xml") as file:
        types = file.read(_MAX_CONTENT_TYPES_BYTES)
    # The document's own part, not those that it holds: a slide may hold a whole text document.
    end = max(0, types.find(_MAIN_PART))
    main = types[max(0, end - _MAX_TYPE_BYTES) : end].replace(b"'", b'"').rpartition(b'"')[2]
    for mark, format_ in _OFFICE_PARTS:
        if mark in main:
            return format_
    if b"sheet" in main or b"ms-excel" in main:
        raise UnreadableFile(source_name, "a spreadsheet, which is not read as course text; save it as PDF or DOCX")
    raise UnreadableFile(source_name, "an Office file of a kind that is not read; save it as PDF")


def _why_not_old_office(data: bytes) -> str:
    if _ENCRYPTED_PACKAGE in data:
        return "encrypted: it needs a password; save it without one"
    return "an old Office file (.doc, .ppt); save it as DOCX, PPTX or PDF"


def _format_of_text(data: bytes, source_name: str) -> SourceFormat:
    root = _ROOT.match(_opening_of(data))
    name = root.group(1).lower() if root else ""
    if name == "glossary":
        return "moodle_glossary"
    is_html = name in ("html", "head", "body") or "<!doctype html" in _opening_of(data)[:200].lower()
    return "html" if is_html or PurePosixPath(source_name).suffix.lower() in HTML_SUFFIXES else "markdown"


def _opening_of(data: bytes) -> str:
    """The file's first words, whatever its encoding: good enough to look for tags."""
    encoding = next((encoding for mark, encoding in BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    return data[:_LOOKED_AT_CHARS].decode(encoding, "ignore").lstrip("\ufeff")
