"""The texts in a cartridge: pages, and the XML of topics, assignments and web links."""

from corpus.decoding import clean_text
from corpus.document_writer import ReadText
from corpus.html_document import read_html
from corpus.html_parsing import decode_html
from corpus.html_source import hidden_words
from corpus.plain_text import read_plain_text
from corpus.xml_reading import Element, attribute, child, child_line, child_text

_MAX_ADDRESS_CHARS = 200


def read_cartridge_page(data: bytes, name: str) -> tuple[str, str, ReadText, str]:
    """Read an HTML page; return its title, its state of publishing ("" if it has none), its text, and what is left out.

    Raises:
        UnreadableFile: If it is empty, too large, wrongly encoded or nested too deeply.
    """
    reading = read_html(decode_html(data, name), name)
    return (
        reading.found.title,
        reading.about.get("workflow_state", ""),
        reading.found,
        hidden_words(reading.n_hidden),
    )


def read_cartridge_text(root: Element, name: str) -> tuple[str, ReadText, str]:
    """Read a topic or an assignment; return its title, its text, and what is left out.

    Only the text for learners is read: an assignment's ``instructor_text`` is not.

    Raises:
        UnreadableFile: If it is nested too deeply.
    """
    element = child(root, "text")
    source = clean_text(child_text(root, "text"))
    title = child_line(root, "title")
    if element is not None and attribute(element, "texttype") == "text/plain":
        return title, read_plain_text(source), ""
    reading = read_html(source, name)
    return title, reading.found, hidden_words(reading.n_hidden)


def weblink_address(root: Element) -> str:
    """Return where a web link leads, for the report."""
    url = child(root, "url")
    address = " ".join(clean_text(attribute(url, "href") if url is not None else "").split())
    return address[:_MAX_ADDRESS_CHARS] or "an address that cannot be read"
