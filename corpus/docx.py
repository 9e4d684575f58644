"""A DOCX file becomes a document: headings by style, lists, tables, formulas, footnotes and text boxes.

It has no pages: where they break is for a printer to say, and never a guess of ours.
"""

from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import PurePosixPath

import docx

from corpus.archives import check_office_zip
from corpus.decoding import clean_text
from corpus.document_reading import document_of, title_from_name
from corpus.document_writer import DocumentWriter, ReadText
from corpus.docx_paragraphs import Paragraph, ParagraphReader, plain_notes
from corpus.docx_styles import TITLE_LEVEL, Styles
from corpus.errors import UnreadableFile
from corpus.types import BlockKind, ItemReport, SourceReading, Span
from corpus.xml_reading import Element, attribute, child, children, local_name, parse_xml

_WRAPPERS = frozenset({"sdt", "sdtContent", "customXml", "ins", "smartTag"})


def read_docx(data: bytes, source_name: str, *, course_id: str, document_id: str) -> SourceReading:
    """Read a DOCX file.

    Raises:
        UnreadableFile: If it is damaged, unsafe to open, or has no text.
    """
    check_office_zip(data, source_name)
    main, parts = _open(data, source_name)
    reader = _BodyReader(parts)
    reader.read(main)
    found = reader.finish()
    title = found.title or title_from_name(PurePosixPath(source_name).stem)
    document = document_of(found, data, source_name, title=title, course_id=course_id, document_id=document_id)
    if not any(block.kind != "heading" for block in document.blocks):
        raise UnreadableFile(source_name, "no text in it, only headings or pictures")
    reason = f"hidden text left out: {reader.n_hidden:,} characters" if reader.n_hidden else ""
    item = ItemReport(source_name, "partly" if reason else "read", reason, document_id, len(document.text))
    return SourceReading((document,), (item,))


def _open(data: bytes, source_name: str) -> tuple[Element, Mapping[str, Element]]:
    """Return the body, and by their names those parts of the file that tell about it."""
    try:
        package = docx.Document(BytesIO(data))
        body: Element = package.element.body
        related = {
            rel.reltype.rpartition("/")[2]: rel.target_part.blob
            for rel in package.part.rels.values()
            if not rel.is_external
        }
    except Exception as error:  # whatever a malformed part makes python-docx stumble over
        raise UnreadableFile(source_name, "a damaged DOCX file; open and save it again") from error
    if body is None:
        raise UnreadableFile(source_name, "a DOCX file without a body; open and save it again")
    wanted = ("styles", "numbering", "footnotes", "endnotes")
    return body, {name: parse_xml(related[name], source_name) for name in wanted if name in related}


class _BodyReader:
    """Walks the body once and writes what each paragraph and table says."""

    def __init__(self, parts: Mapping[str, Element]) -> None:
        self._writer = DocumentWriter()
        self._styles = Styles.of(parts.get("styles"), parts.get("numbering"))
        self._paragraphs = ParagraphReader()
        self._notes = {
            **plain_notes(parts.get("footnotes"), "footnote", ParagraphReader()),
            **plain_notes(parts.get("endnotes"), "endnote", ParagraphReader()),
        }
        self._title = ""
        self.n_hidden = 0

    def read(self, container: Element) -> None:
        """Write all blocks of a body, a cell or a text box."""
        for element in container:
            match local_name(element):
                case "p":
                    self._paragraph(element)
                case "tbl":
                    self._table(element)
                case name if name in _WRAPPERS:
                    self.read(element)

    def finish(self) -> ReadText:
        """Return all that was written."""
        return self._writer.finish(self._title or self._writer.first_top_heading)

    def _paragraph(self, element: Element) -> None:
        found = self._paragraphs.read(element, is_hidden=self._styles.is_hidden(element))
        level = self._styles.heading_level(element)
        if level is not None and found.words.text:
            self._heading(found.words.text.replace("\n", " "), level)
        else:
            self._body_text(element, found)
        self._after(found)

    def _heading(self, words: str, level: int) -> None:
        if level == TITLE_LEVEL and not self._title:
            self._title = words
        # Under a title of the whole, every heading is one deeper.
        self._writer.add("heading", words, level=min(level + 1, 6) if self._title else level)

    def _body_text(self, element: Element, found: Paragraph) -> None:
        words = found.words
        item = self._styles.next_marker(element) if words.text else None
        kind: BlockKind = "paragraph"
        lead, level = "", 0
        if item is not None:
            lead, level, kind = f"{item[0]} ", item[1], "list_item"
        elif self._styles.is_code(element):
            kind = "code"
        elif self._styles.is_quote(element):
            kind = "quote"
        elif words.text.startswith("$") and words.text.endswith("$") and words.text.count("$") == 2:
            kind = "formula"  # a paragraph that is one formula
        spans = tuple(Span(span.char_start + len(lead), span.char_end + len(lead)) for span in words.emphasised)
        whole_bold = words.bold_lead == words.text
        self._writer.add(
            kind,
            f"$${words.text[1:-1]}$$" if kind == "formula" else lead + words.text if words.text else "",
            level=level,
            bold_lead="" if whole_bold or kind == "formula" else words.bold_lead,
            emphasised=() if kind == "formula" else spans,
            indent="  " * (level - 1) if kind == "list_item" else "",
        )

    def _after(self, found: Paragraph) -> None:
        """Write what hangs on a paragraph: displayed formulas, text boxes, notes."""
        self.n_hidden += found.n_hidden
        for tex in found.formulas:
            self._writer.add("formula", clean_text(f"$${tex}$$") if tex else "")
        for box in found.boxes:
            self.read(box)
        for note in found.notes:
            if words := self._notes.get(note):
                self._writer.add("paragraph", f"Note {self._paragraphs.note_numbers[note]}: {words}")

    def _table(self, table: Element) -> None:
        hanging: list[Paragraph] = []
        rows = [" | ".join(self._cells(row, hanging)).strip() for row in _rows(table)]
        self._writer.add("table", "\n".join(row for row in rows if row.strip("| ")))
        for found in hanging:
            self._after(found)

    def _cells(self, row: Element, hanging: list[Paragraph]) -> Iterator[str]:
        for cell in _unwrapped(row, "tc"):
            words: list[str] = []
            for paragraph in cell.iter():
                if local_name(paragraph) == "p" and not _in_text_box(paragraph, cell):
                    found = self._paragraphs.read(paragraph, one_line=True, is_hidden=self._styles.is_hidden(paragraph))
                    words += [found.words.text, *(f"${tex}$" for tex in found.formulas)]
                    found.formulas = []
                    hanging.append(found)
            yield clean_text(" ".join(filter(None, words)))
            span = child(cell, "tcPr", "gridSpan")
            n_wide = int(attribute(span, "val")) if span is not None and attribute(span, "val").isdecimal() else 1
            yield from [""] * (min(n_wide, 20) - 1 if n_wide > 1 and len(list(children(row, "tc"))) > 1 else 0)


def _rows(table: Element) -> Iterator[Element]:
    return _unwrapped(table, "tr")


def _unwrapped(element: Element, name: str) -> Iterator[Element]:
    for part in element:
        if local_name(part) == name:
            yield part
        elif local_name(part) in _WRAPPERS:
            yield from _unwrapped(part, name)


def _in_text_box(paragraph: Element, cell: Element) -> bool:
    """Whether a paragraph stands in a text box inside the cell: it is read with the box."""
    for ancestor in paragraph.iterancestors():
        if ancestor is cell:
            return False
        if local_name(ancestor) == "txbxContent":
            return True
    return False
