"""Which files of a package may hold text, told by their names before they are opened."""

from pathlib import PurePosixPath

from corpus.document_reading import MARKDOWN_SUFFIXES, TEXT_SUFFIXES
from corpus.source_formats import HTML_SUFFIXES
from corpus.word_list import word_set

# Others of these are not read, but a reader can say why and what to do instead.
_DOCUMENT_SUFFIXES = word_set(
    ".pdf .docx .pptx .epub .doc .ppt .odt .odp .rtf .tex .rst .ipynb .pages .key .zip .imscc .mbz .docm .pptm"
)


def is_page(path: str) -> bool:
    """Tell whether a file is an HTML page by its name."""
    return PurePosixPath(path).suffix.lower() in HTML_SUFFIXES


def may_be_text(path: str) -> bool:
    """Tell whether a file may hold text by its name; pictures, sounds, styles and programs do not."""
    suffix = PurePosixPath(path).suffix.lower()
    return suffix in HTML_SUFFIXES | MARKDOWN_SUFFIXES | TEXT_SUFFIXES | _DOCUMENT_SUFFIXES
