"""Any file that an instructor brings becomes documents: its format is recognised and its reader called.

A format is one line in ``_READERS``. Readers are called in the child process of ``corpus.reading_process``; nothing
here limits time or memory.
"""

from collections.abc import Mapping
from functools import partial
from typing import Protocol

from corpus.common_cartridge import read_common_cartridge
from corpus.decoding import too_large
from corpus.document_reading import read_document
from corpus.docx import read_docx
from corpus.epub import read_epub
from corpus.errors import UnreadableFile
from corpus.html_source import read_html_source
from corpus.moodle_backup import read_moodle_backup
from corpus.moodle_glossary import read_moodle_glossary
from corpus.pdf import read_pdf
from corpus.pptx import read_pptx
from corpus.source_formats import SourceFormat, format_of
from corpus.types import ItemReport, SourceReading
from corpus.zip_source import read_zip

MAX_SOURCE_BYTES = 200_000_000  # a scanned book is some 100 MB; the child that reads it has 1 GiB of address space


class Reader(Protocol):
    """Reads the files of one format.

    ``document_id`` is the id of the document that the file becomes; the documents of a package are called
    ``<document_id>--<item>``. Raises ``UnreadableFile`` when nothing at all can be read.
    """

    def __call__(self, data: bytes, source_name: str, *, course_id: str, document_id: str) -> SourceReading:
        """Read one file."""


def read_source(data: bytes, source_name: str, *, course_id: str, document_id: str) -> SourceReading:
    """Read a file of any format that is known.

    Args:
        data: The whole file.
        source_name: Its name, for people; formats that look alike (Markdown and text) are told apart by its ending.
        course_id: The course it belongs to.
        document_id: The id of its document, or of its documents' common beginning where it holds several.

    Raises:
        UnreadableFile: If it is empty, too large, damaged, locked, of an unknown format, or has no text.
    """
    if not data:
        raise UnreadableFile(source_name, "the file is empty")
    if len(data) > MAX_SOURCE_BYTES:
        raise UnreadableFile(source_name, too_large(len(data), MAX_SOURCE_BYTES))
    reader = _READERS[format_of(data, source_name)]
    return reader(data, source_name, course_id=course_id, document_id=document_id)


def read_text_file(data: bytes, source_name: str, *, course_id: str, document_id: str) -> SourceReading:
    """Read a Markdown or plain-text file.

    Raises:
        UnreadableFile: As ``corpus.document_reading.read_document`` does.
    """
    document = read_document(data, source_name, course_id=course_id, document_id=document_id)
    item = ItemReport(source_name, "read", document_id=document_id, n_chars=len(document.text))
    return SourceReading((document,), (item,))


def _read_item(data: bytes, source_name: str, *, course_id: str, document_id: str) -> SourceReading:
    """Read one file of a package: anything but another package, so that nothing nests without end."""
    if data and format_of(data, source_name) in _PACKAGES:
        raise UnreadableFile(source_name, "an archive inside an archive is not opened; upload it by itself")
    return read_source(data, source_name, course_id=course_id, document_id=document_id)


_PACKAGES: frozenset[SourceFormat] = frozenset({"zip", "common_cartridge", "moodle_backup"})
_READERS: Mapping[SourceFormat, Reader] = {
    "markdown": read_text_file,
    "html": read_html_source,
    "pdf": read_pdf,
    "docx": read_docx,
    "pptx": read_pptx,
    "epub": read_epub,
    "moodle_glossary": read_moodle_glossary,
    # Packages are given a way to read what is inside them.
    "zip": partial(read_zip, read_item=_read_item),
    "common_cartridge": partial(read_common_cartridge, read_item=_read_item),
    "moodle_backup": partial(read_moodle_backup, read_item=_read_item),
}
