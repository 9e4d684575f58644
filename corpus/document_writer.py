"""Readers write blocks here, and get one canonical text with the exact span of every block.

The writer decides what stands between blocks; it knows nothing of file formats.
"""

from dataclasses import dataclass, replace

from corpus.types import Block, BlockKind, Span


@dataclass(frozen=True, slots=True)
class ReadText:
    """What a reader made of one file: canonical text, blocks in order, and the title the file gives itself."""

    title: str
    text: str
    blocks: tuple[Block, ...]


class DocumentWriter:
    """Appends blocks to a growing text.

    Blocks are separated by a blank line, items of one list by a line end. Empty blocks are not written. The text begins
    with the first block and ends with the last: no blank lines around it.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._first_top_heading = ""

    @property
    def last_kind(self) -> BlockKind | None:
        """The kind of the last block; None before the first."""
        return self._blocks[-1].kind if self._blocks else None

    @property
    def n_blocks(self) -> int:
        """How many blocks were written."""
        return len(self._blocks)

    @property
    def first_top_heading(self) -> str:
        """The first heading of level 1, or ""."""
        return self._first_top_heading

    def add(
        self,
        kind: BlockKind,
        text: str,
        *,
        level: int = 0,
        bold_lead: str = "",
        emphasised: tuple[Span, ...] = (),
        indent: str = "",
    ) -> None:
        """Append one block.

        Args:
            kind: What it is.
            text: What is read, without line ends around it; an empty block is left out.
            level: Heading level or depth of a list item.
            bold_lead: The opening words that the author set in bold.
            emphasised: Spans of bold or italic words, relative to ``text``.
            indent: Written before the block and not part of it, so that a list looks like one.
        """
        if not text.strip():
            return
        if self._blocks:
            both_items = kind == "list_item" == self._blocks[-1].kind
            self._append("\n" if both_items else "\n\n")
        self._append(indent)
        start = self._length
        self._append(text)
        if kind == "heading" and level == 1 and not self._first_top_heading:
            self._first_top_heading = text
        absolute = tuple(Span(start + span.char_start, start + span.char_end) for span in emphasised)
        self._blocks.append(Block(kind, start, self._length, level, bold_lead, absolute))

    def add_definition(self, term: str, meaning: str, *, aliases: tuple[str, ...] = (), level: int = 0) -> None:
        """Append a term with its meaning, and the other names that the file lists for it beside its text."""
        self.add("definition", f"{term}: {meaning}", level=level, bold_lead=term)
        if aliases and meaning.strip():
            self._blocks[-1] = replace(self._blocks[-1], aliases=aliases)

    def add_all(self, found: ReadText, *, level: int = 0, headings: bool = True) -> None:
        """Append all blocks of another text.

        Args:
            found: The text.
            level: By how much its list items and what is inside them sink.
            headings: Whether its headings stay headings; else they become paragraphs.
        """
        for block in found.blocks:
            text = found.text[block.char_start : block.char_end]
            if block.kind == "heading" and headings:
                self.add("heading", text, level=block.level)
                continue
            kind = "paragraph" if block.kind == "heading" else block.kind
            spans = tuple(
                Span(span.char_start - block.char_start, span.char_end - block.char_start) for span in block.emphasised
            )
            inner = 0 if block.kind == "heading" else block.level
            indent = "  " * (inner - 1) if kind == "list_item" else ""
            self.add(kind, text, level=inner + level, bold_lead=block.bold_lead, emphasised=spans, indent=indent)

    def finish(self, title: str) -> ReadText:
        """Return all that was written."""
        return ReadText(title=title, text="".join(self._parts), blocks=tuple(self._blocks))

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
