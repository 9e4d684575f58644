"""Text as Moodle keeps it: escaped HTML with null marks, in one of four formats."""

from corpus.decoding import MAX_FILE_BYTES, clean_text, too_large
from corpus.document_writer import ReadText
from corpus.errors import UnreadableFile
from corpus.html_document import read_html
from corpus.html_source import hidden_words
from corpus.markdown import read_markdown
from corpus.plain_text import read_plain_text
from corpus.xml_reading import Element, child_text

NULL = "$@NULL@$"
_PLAIN_FORMAT, _MARKDOWN_FORMAT = "2", "4"  # FORMAT_PLAIN and FORMAT_MARKDOWN; 0 and 1 are HTML


def moodle_value(element: Element | None, *path: str) -> str:
    """Return the text at a path below ``element``; "" for a null."""
    value = child_text(element, *path).strip()
    return "" if value == NULL else value


def moodle_line(element: Element | None, *path: str) -> str:
    """Return the text at a path as one clean line: a name or a title."""
    return " ".join(clean_text(moodle_value(element, *path)).split())


def read_moodle_text(source: str, text_format: str, source_name: str) -> tuple[ReadText, str]:
    """Read a text field; return it, and what was left out of it.

    Args:
        source: The field, unescaped.
        text_format: Moodle's number of its format.
        source_name: What it is, for messages.

    Raises:
        UnreadableFile: If it is too large or nested too deeply.
    """
    if len(source) > MAX_FILE_BYTES:
        raise UnreadableFile(source_name, too_large(len(source)))
    text = clean_text(source)
    if text_format == _MARKDOWN_FORMAT:
        return read_markdown(text), ""
    # Moodle's "auto" format (0) turns blank lines into paragraphs where the author wrote no tags.
    if text_format == _PLAIN_FORMAT or (text_format != "1" and "<" not in text and "&" not in text):
        return read_plain_text(text), ""
    reading = read_html(text, source_name)
    return reading.found, hidden_words(reading.n_hidden)
