"""Sentences and other units of a section's blocks, with what packing needs to know of them.

A unit is never cut: a sentence, a whole table, code block or formula. A sentence that runs on into a displayed formula
is one unit with it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.sentences import split_sentences
from corpus.types import Block, Span

_LIST_MARKER = re.compile(r"(?:[-*+•]|\d{1,9}[.)])\s+")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]*]*$")
_UNCUT_KINDS = frozenset({"table", "code", "formula"})
_MAX_JOINED_CHARS = 700  # a sentence with its formulas; beyond this it would fill a passage by itself
# "Figure: Layers of Skin." and "(credit: Steve Teo)" say nothing by themselves.
_CAPTION_TITLE = re.compile(
    r"(?:Figure|Fig\.?|Table|Image|Photo|Video|Diagram)(?:\s*:|\s*\d+(?:\.\d+)*[a-z]?\s*(?:[:.]|$))[^.!?]{0,120}[.:]?"
)
_CREDIT = re.compile(
    r"\((?:image |photo |figure )?(?:credit|source|courtesy|micrograph|adapted|modification|attribution)s?\b.*\)\.?"
    r"|(?:image |photo |figure )?(?:credit|source|courtesy)s?\s*:.*|(?:[LST]E?M|From (?:left|top),.*)\s×.*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of text that is quoted as a whole or not at all."""

    char_start: int
    char_end: int
    block_start: int  # where its block begins: before the list marker, for the first unit of an item
    is_prose: bool
    opens_block: bool
    closes_block: bool
    is_quotable: bool  # false for the title and the credit of a figure

    @property
    def span(self) -> Span:
        """The unit's place in the document."""
        return Span(self.char_start, self.char_end)


def content_start(text: str, block: Block) -> int:
    """Where the words of a block begin: after the marker of a list item."""
    if block.kind != "list_item":
        return block.char_start
    marker = _LIST_MARKER.match(text, block.char_start, block.char_end)
    return marker.end() if marker else block.char_start


def units_of(text: str, blocks: Sequence[Block]) -> list[Unit]:
    """Cut consecutive blocks into units, in order; together they cover all that is read."""
    units = [unit for block in blocks for unit in _units_of_block(text, block)]
    return _join_formulas(text, units)


def _units_of_block(text: str, block: Block) -> list[Unit]:
    start = content_start(text, block)
    if block.kind in _UNCUT_KINDS:
        return [Unit(start, block.char_end, block.char_start, False, True, True, True)]
    spans = split_sentences(text[start : block.char_end])
    last = len(spans) - 1
    return [
        Unit(
            char_start=start + span.char_start,
            char_end=start + span.char_end,
            block_start=block.char_start,
            is_prose=True,
            opens_block=number == 0,
            closes_block=number == last,
            is_quotable=_is_quotable(text[start + span.char_start : start + span.char_end]),
        )
        for number, span in enumerate(spans)
    ]


def _is_quotable(sentence: str) -> bool:
    return _CAPTION_TITLE.fullmatch(sentence) is None and _CREDIT.fullmatch(sentence) is None


def _join_formulas(text: str, units: Sequence[Unit]) -> list[Unit]:
    """Join a sentence that stops short before a displayed formula with it, and with what goes on after it.

    "The loss is", "$$l(w) = ...$$", "where w are the weights." is one sentence to a reader.
    """
    joined: list[Unit] = []
    for unit in units:
        before = joined[-1] if joined else None
        if before is not None and _runs_on(text, before, unit):
            joined[-1] = replace(before, char_end=unit.char_end, closes_block=unit.closes_block)
        else:
            joined.append(unit)
    return joined


def _runs_on(text: str, before: Unit, unit: Unit) -> bool:
    if not unit.opens_block or unit.char_end - before.char_start > _MAX_JOINED_CHARS:
        return False
    if text.startswith("$$", unit.char_start) and not unit.is_prose:
        return before.is_prose and not _SENTENCE_END.search(text, before.char_start, before.char_end)
    after_formula = text.endswith("$$", before.char_start, before.char_end) and before.closes_block
    return after_formula and unit.is_prose and text[unit.char_start].islower() and unit.block_start == unit.char_start
