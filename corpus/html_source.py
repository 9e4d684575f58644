"""An uploaded HTML file becomes a document, with a report on what was hidden in it."""

from pathlib import PurePosixPath

from corpus.document_reading import document_of, require_text, title_from_name
from corpus.html_document import read_html
from corpus.html_parsing import decode_html
from corpus.types import ItemOutcome, ItemReport, SourceReading


def read_html_source(data: bytes, source_name: str, *, course_id: str, document_id: str) -> SourceReading:
    """Read an uploaded HTML file as one document.

    Raises:
        UnreadableFile: If it is empty, too large, binary, wrongly encoded, or has nothing to read in it.
    """
    reading = read_html(decode_html(data, source_name), source_name)
    require_text(reading.found, source_name)
    title = reading.found.title or title_from_name(PurePosixPath(source_name).stem)
    document = document_of(reading.found, data, source_name, title=title, course_id=course_id, document_id=document_id)
    outcome: ItemOutcome = "partly" if reading.n_hidden else "read"
    report = ItemReport(source_name, outcome, hidden_words(reading.n_hidden), document_id, len(document.text))
    return SourceReading((document,), (report,))


def hidden_words(n_hidden: int) -> str:
    """Say that hidden passages were left out; "" if there were none."""
    if not n_hidden:
        return ""
    return f"{n_hidden} passage{'s' if n_hidden > 1 else ''} hidden from readers left out"
