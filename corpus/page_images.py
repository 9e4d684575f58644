"""Pictures of PDF pages, for whoever wants to see where a citation stands. Drawn in points times a scale."""

import hashlib
from io import BytesIO

from corpus.archives import open_archive
from corpus.errors import UnreadableFile
from corpus.inflating import MAX_MEMBER_BYTES
from corpus.pdf_file import PdfFile

MAX_PIXELS = 8_000_000  # of one picture: an A4 page at 300 dpi has 8.7 million; beyond it the scale is lowered
_MAX_SCALE = 6.0


def render_page(data: bytes, page_index: int, *, scale: float = 2.0, source_name: str = "file.pdf") -> bytes:
    """Draw one page of a PDF file as PNG.

    Untrusted files are drawn in a child process: ``corpus.reading_process.render_page_in_child``.

    Args:
        data: The file.
        page_index: From 0.
        scale: Pixels for each point (1/72 inch); lowered where the picture would have more than ``MAX_PIXELS``, so
            places on it are to be counted in shares of the page's width and height.
        source_name: For messages.

    Raises:
        UnreadableFile: If the file is locked or damaged, or has no such page.
    """
    with PdfFile(data, source_name) as pdf:
        picture = pdf.picture(page_index, scale=min(_MAX_SCALE, max(0.1, scale)), max_pixels=MAX_PIXELS)
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def file_of_hash(data: bytes, sha256: str, source_name: str) -> bytes:
    """The file with this hash: the one given, or one that lies in it, whatever the package calls it.

    Raises:
        UnreadableFile: If it is neither, or the package cannot be read.
    """
    if hashlib.sha256(data).hexdigest() == sha256:
        return data
    with open_archive(data, source_name) as archive:
        for name in archive.names:
            if archive.size(name) > MAX_MEMBER_BYTES:
                continue
            member = archive.read(name)
            if hashlib.sha256(member).hexdigest() == sha256:
                return member
    raise UnreadableFile(source_name, "it no longer holds the file that this page is of")
