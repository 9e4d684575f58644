"""One file's bytes become one document."""

import hashlib
from pathlib import PurePosixPath

from corpus.decoding import clean_text, decode_text
from corpus.document_writer import ReadText
from corpus.errors import UnreadableFile
from corpus.markdown import read_markdown
from corpus.plain_text import read_plain_text
from corpus.sections import build_sections
from corpus.types import Document

MARKDOWN_SUFFIXES = frozenset({".md", ".markdown", ".mdown", ".mkd"})
TEXT_SUFFIXES = frozenset({".txt", ".text"})


def read_document(data: bytes, source_name: str, *, course_id: str, document_id: str) -> Document:
    """Read a Markdown or plain-text file.

    Args:
        data: The file's bytes.
        source_name: Its path inside the course folder; the ending tells the format.
        course_id: The course it belongs to.
        document_id: Its id in the course.

    Raises:
        UnreadableFile: If it is empty, too large, binary, wrongly encoded or has headings only.
    """
    text = decode_text(data, source_name)
    path = PurePosixPath(source_name)
    found = read_plain_text(text) if path.suffix.lower() in TEXT_SUFFIXES else read_markdown(text)
    require_text(found, source_name)
    title = found.title or title_from_name(path.stem)
    return document_of(found, data, source_name, title=title, course_id=course_id, document_id=document_id)


def document_of(
    found: ReadText, data: bytes, source_name: str, *, title: str, course_id: str, document_id: str
) -> Document:
    """Return the document of a file without pages: what was read of it, under its title."""
    return Document(
        course_id=course_id,
        document_id=document_id,
        title=title,
        text=found.text,
        sections=build_sections(found.text, found.blocks, (title,)),
        blocks=found.blocks,
        source_name=source_name,
        source_sha256=hashlib.sha256(data).hexdigest(),
    )


def title_from_name(stem: str) -> str:
    """Make a title of a file or folder name: "02_cell-biology" becomes "02 cell biology"."""
    words = clean_text(stem).replace("_", " ").replace("-", " ").split()
    title = " ".join(words)
    return title[:1].upper() + title[1:] or stem


def require_text(found: ReadText, source_name: str) -> None:
    """Raise ``UnreadableFile`` if there is nothing under the headings of a file."""
    if not found.blocks:
        raise UnreadableFile(source_name, "nothing to read in it, only markup such as images or comments")
    if all(block.kind == "heading" for block in found.blocks):
        raise UnreadableFile(source_name, "only headings, no text under them")
