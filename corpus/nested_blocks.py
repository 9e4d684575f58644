"""Paragraphs written where they stand: in a list item, a quote, or the meaning of a term.

What Markdown and HTML have in common; knows the syntax of neither.
"""

from corpus.document_writer import DocumentWriter
from corpus.inline_writer import InlineText
from corpus.types import BlockKind, Span


class NestedBlocks:
    """Keeps account of the lists, quotes and definition lists around a paragraph, and writes it accordingly."""

    def __init__(self, writer: DocumentWriter) -> None:
        self._writer = writer
        self._quotes = 0
        self._markers: list[str] = []  # of the open list items, "" once written
        self._terms: list[str] = []  # of the open definition list entry, none once written
        self._meanings = 0  # that are open

    @property
    def depth(self) -> int:
        """How many list items and meanings are open."""
        return len(self._markers) + self._meanings

    @property
    def in_list(self) -> bool:
        """Whether a list item is open."""
        return bool(self._markers)

    @property
    def awaits_meaning(self) -> bool:
        """Whether the next paragraph is the meaning of a term."""
        return self._meanings > 0 and bool(self._terms)

    def open_item(self, marker: str) -> None:
        """Enter a list item: "-" or "12."."""
        self._markers.append(marker)

    def close_item(self) -> None:
        """Leave the innermost list item."""
        if self._markers:
            self._markers.pop()

    def nest_quote(self, change: int) -> None:
        """Enter (1) or leave (-1) a quote."""
        self._quotes = max(0, self._quotes + change)

    def add_term(self, term: str) -> None:
        """Note a term whose meaning follows; a second one in a row is another name of the first."""
        self._terms.append(term)

    def open_meaning(self) -> None:
        """Enter the meaning of a term."""
        self._meanings += 1

    def close_meaning(self) -> None:
        """Leave the meaning of a term."""
        self._meanings = max(0, self._meanings - 1)

    def take_lone_terms(self) -> list[str]:
        """Return the terms that got no meaning, and forget them."""
        lone, self._terms = self._terms, []
        return lone

    def write(self, words: InlineText) -> None:
        """Write a paragraph as what it is here."""
        if self.awaits_meaning:
            self._write_meaning(words)
        else:
            self.write_as("quote" if self._quotes else "paragraph", words)

    def write_as(self, kind: BlockKind, words: InlineText) -> None:
        """Write a paragraph of this kind; the first one of a list item with the item's marker."""
        marker = self._markers[-1] if self._markers else ""
        lead = f"{marker} " if marker else ""
        depth = self.depth
        if marker and words.text:
            kind = "list_item"
            self._markers[-1] = ""
        shifted = tuple(Span(span.char_start + len(lead), span.char_end + len(lead)) for span in words.emphasised)
        indent = "  " * (len(self._markers) - 1) if kind == "list_item" else ""
        text = lead + words.text if words.text else ""
        self._writer.add(kind, text, level=depth, bold_lead=words.bold_lead, emphasised=shifted, indent=indent)

    def _write_meaning(self, words: InlineText) -> None:
        if words.text:
            term, *others = self._terms
            self._writer.add_definition(term, words.text, aliases=tuple(others), level=self.depth - 1)
            self._terms = []
