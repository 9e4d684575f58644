"""HTML becomes a canonical text and its blocks: what a person would read of a page.

Headings, paragraphs, list items, definition lists, tables, code and formulas each become one block. Parsing is lxml's;
what is ours is what a reader sees of it. Knows nothing of the package that a page came in.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from corpus.decoding import clean_text
from corpus.document_writer import DocumentWriter, ReadText
from corpus.html_inline import close_inline, open_inline, write_replaced, write_words
from corpus.html_parsing import parse_html, walk
from corpus.html_tables import layout_tables
from corpus.html_text import INLINE_TAGS, TAGS
from corpus.html_visibility import is_hidden, is_machinery
from corpus.inline_writer import InlineText, InlineWriter
from corpus.nested_blocks import NestedBlocks
from corpus.word_list import word_set
from corpus.xml_reading import Element, local_name

_MAX_HEADING_CHARS = 300  # a longer "heading" is a paragraph that its author wanted large
_HEADING = re.compile(r"h[1-6]")
_NOT_BLOCKS = INLINE_TAGS | word_set("br img ruby rt label math")
_BLOCK_TAGS = TAGS - _NOT_BLOCKS
_BETWEEN_TERMS = word_set("dd div")  # what may stand between a term and its meaning
_DISPLAY_FORMULA = re.compile(r"\$\$[^$]+\$\$[.,;]?")


@dataclass(frozen=True, slots=True)
class HtmlReading:
    """A page as it was read."""

    found: ReadText
    n_hidden: int = 0  # passages that were hidden from readers and left out
    about: Mapping[str, str] = field(default_factory=dict)  # what its head says of it: ``meta`` names and contents


def read_html(text: str, source_name: str) -> HtmlReading:
    """Read clean HTML text (see ``corpus.html_parsing.decode_html``): a whole page or a fragment.

    Args:
        text: The page.
        source_name: Its name, for messages.

    Raises:
        UnreadableFile: If it is nested too deeply to be read.
    """
    root = parse_html(text, source_name)
    if root is None:
        return HtmlReading(DocumentWriter().finish(""))
    reader = _HtmlReader(root)
    return HtmlReading(reader.read(), reader.n_hidden, reader.about)


class _HtmlReader:
    """Walks a page once and writes what it says."""

    def __init__(self, root: Element) -> None:
        self.n_hidden = 0
        self.about: dict[str, str] = {}
        self._root = root
        self._writer = DocumentWriter()
        self._place = NestedBlocks(self._writer)
        self._layout_tables = layout_tables(root)
        self._line = InlineWriter()
        self._emphasis: list[tuple[Element, bool]] = []  # open elements in bold (True) or italics
        self._counters: list[int | None] = []  # of the open lists: the next number, None for bullets
        self._n_open_terms = 0
        self._rows: list[list[str]] | None = None  # of the open table
        self._title = ""

    def read(self) -> ReadText:
        for step, element, words in walk(self._root, self._enters):
            match step:
                case "words":
                    write_words(words, self._line)
                case "open":
                    self._open(element, local_name(element).lower())
                case "close":
                    self._close(element, local_name(element).lower())
        self._end_paragraph()
        self._write_lone_terms()
        return self._writer.finish(self._writer.first_top_heading or self._title)

    def _enters(self, element: Element) -> bool:
        tag = local_name(element).lower()
        if is_hidden(element):
            self.n_hidden += bool("".join(element.itertext()).strip())
        elif tag == "script":
            write_replaced(element, self._line)
        elif tag == "head":
            self._title = self._title or _title_in(element)
            self.about.update(_metadata_in(element))
        elif is_machinery(element):
            pass
        elif tag == "pre":
            self._write_code(element)
        else:
            return not write_replaced(element, self._line)
        return False

    def _open(self, element: Element, tag: str) -> None:
        if self._rows is not None:
            self._open_in_table(element, tag)
        elif tag not in _BLOCK_TAGS:
            is_bold = open_inline(element, self._line)
            if is_bold is not None:
                self._emphasis.append((element, is_bold))
        elif tag == "dt":
            if self._n_open_terms:  # the parser nests a second one that follows an unclosed first
                self._end_term()
            else:
                self._end_paragraph()
            self._n_open_terms += 1
        else:
            self._end_paragraph()
            if tag not in _BETWEEN_TERMS:
                self._write_lone_terms()
            self._open_block(element, tag)

    def _close(self, element: Element, tag: str) -> None:
        if self._rows is not None:
            self._close_in_table(element, tag)
        elif tag not in _BLOCK_TAGS:
            self._close_inline(element)
        elif _HEADING.fullmatch(tag):
            self._end_heading(int(tag[1]))
        elif tag == "dt":
            self._end_term()
            self._n_open_terms -= 1
        else:
            self._end_paragraph()
            self._close_block(tag)

    def _open_block(self, element: Element, tag: str) -> None:
        match tag:
            case "ol":
                self._counters.append(_number(element.get("start"), 1))
            case "ul":
                self._counters.append(None)
            case "li":
                self._place.open_item(self._next_marker(element))
            case "blockquote":
                self._place.nest_quote(1)
            case "dd":
                self._place.open_meaning()
            case "table" if element not in self._layout_tables:
                self._rows = []

    def _close_block(self, tag: str) -> None:
        match tag:
            case "ol" | "ul":
                self._counters.pop()
            case "li":
                self._place.close_item()
            case "blockquote":
                self._place.nest_quote(-1)
            case "dd":
                self._place.close_meaning()
                self._write_lone_terms()
            case "dl":
                self._write_lone_terms()

    def _next_marker(self, element: Element) -> str:
        if not self._counters or self._counters[-1] is None:
            return "-"
        number = _number(element.get("value"), self._counters[-1])
        self._counters[-1] = number + 1
        return f"{number}."

    def _close_inline(self, element: Element) -> None:
        if self._emphasis and self._emphasis[-1][0] is element:
            self._emphasis.pop()
            self._line.close_emphasis()
        else:
            close_inline(element, self._line)

    def _end_heading(self, level: int) -> None:
        words = self._take_line()
        if not words.text:
            return
        if self._place.depth or len(words.text) > _MAX_HEADING_CHARS:
            self._place.write(words)
        else:
            self._writer.add("heading", words.text.replace("\n", " "), level=level)

    def _end_paragraph(self) -> None:
        words = self._take_line()
        if not words.text:
            return
        if _DISPLAY_FORMULA.fullmatch(words.text) and not self._place.awaits_meaning and not self._place.in_list:
            self._writer.add("formula", words.text, level=self._place.depth)
        else:
            self._place.write(words)

    def _end_term(self) -> None:
        term = self._take_line()
        if term.text:
            self._place.add_term(term.text.replace("\n", " "))

    def _take_line(self) -> InlineText:
        """Return the paragraph so far and begin another; emphasis goes on in it, as it does in a browser."""
        for _ in self._emphasis:
            self._line.close_emphasis()
        words = self._line.finish()
        self._line = InlineWriter(one_line=self._rows is not None)
        for _, is_bold in self._emphasis:
            self._line.open_emphasis(bold=is_bold)
        return words

    def _write_code(self, element: Element) -> None:
        code = clean_text("".join(element.itertext()))
        if self._rows is not None:
            self._line.words(code)
            return
        self._end_paragraph()
        self._writer.add("code", code.strip("\n").rstrip(), level=self._place.depth)

    def _write_lone_terms(self) -> None:
        for term in self._place.take_lone_terms():
            self._place.write_as("paragraph", InlineText(term))

    def _open_in_table(self, element: Element, tag: str) -> None:
        rows = self._rows or []
        if tag == "tr":
            rows.append([])
        elif tag in ("td", "th", "caption"):
            stray = self._take_line().text  # words that stand between the cells, where none belong
            if stray and rows:
                rows[-1].append(stray)
        elif tag in _BLOCK_TAGS:
            self._line.words(" ")
        else:
            open_inline(element, self._line)

    def _close_in_table(self, element: Element, tag: str) -> None:
        rows = self._rows or []
        match tag:
            case "td" | "th":
                if not rows:
                    rows.append([])
                    self._rows = rows
                rows[-1].append(self._take_line().text.replace("\n", " "))
            case "caption":
                self._writer.add("paragraph", self._take_line().text, level=self._place.depth)
            case "table":
                self._end_table(rows)
            case _ if tag in _BLOCK_TAGS:
                self._line.words(" ")
            case _:
                close_inline(element, self._line)

    def _end_table(self, rows: list[list[str]]) -> None:
        rest = self._take_line()
        self._rows = None
        self._line = InlineWriter()
        lines = (" | ".join(cells).strip() for cells in rows if any(cells))
        self._writer.add("table", "\n".join(lines), level=self._place.depth)
        self._writer.add("paragraph", rest.text, level=self._place.depth)


def _metadata_in(head: Element) -> Iterator[tuple[str, str]]:
    for meta in head.iter():
        if local_name(meta).lower() == "meta" and (name := meta.get("name")):
            yield name.lower(), meta.get("content") or ""


def _title_in(head: Element) -> str:
    titles = (element for element in head.iter() if local_name(element).lower() == "title")
    found = next(titles, None)
    return " ".join(clean_text("".join(found.itertext())).split()) if found is not None else ""


def _number(written: str | None, otherwise: int) -> int:
    """Return the number that a list or an item says it begins with."""
    words = (written or "").strip()
    return int(words) if words.isascii() and words.isdecimal() and len(words) <= 9 else otherwise
