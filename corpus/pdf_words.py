"""The words of a block's lines become one text, with the place of every line in it.

A word parted by a hyphen at a line's end is mended only when the document tells that it is one word.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from corpus.decoding import clean_text
from corpus.pdf_blocks import PdfBlock
from corpus.pdf_lines import Line
from corpus.types import Span

_WORD = re.compile(r"[^\W\d_]+")
_COMPOUND = re.compile(r"[^\W\d_]+[-\u2010][^\W\d_]+")
_HYPHENS = "-\u2010"
_LAST_WORD = re.compile(r"([^\W\d_]+)[-\u2010]$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class BlockText:
    """The text of a block; spans count in it."""

    text: str
    piece_spans: tuple[Span, ...]  # one for each piece, possibly empty
    emphasised: tuple[Span, ...]
    bold_lead: str


@dataclass(slots=True)
class Vocabulary:
    """The words that a document writes without a line's end in them."""

    words: set[str] = field(default_factory=set)
    compounds: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, lines: Iterable[Sequence[Line]]) -> "Vocabulary":
        """Collect the words of all lines but those that a hyphen at a line's end parts."""
        found = cls()
        after_hyphen = False
        for page_lines in lines:
            for line in page_lines:
                words = _WORD.findall(line.text.casefold())
                ends_open = line.text[-1:] in _HYPHENS and bool(line.text)
                found.words.update(words[after_hyphen : len(words) - ends_open])
                found.compounds.update(_COMPOUND.findall(line.text.casefold().replace("\u2010", "-")))
                after_hyphen = ends_open
        return found

    def is_one_word(self, start: str, end: str) -> bool:
        """Tell whether "start-" and "end" are one word: written so elsewhere, or neither part is a word by itself."""
        start, end = start.casefold(), end.casefold()
        if start + end in self.words:
            return True
        if f"{start}-{end}" in self.compounds:
            return False
        return start not in self.words and end not in self.words


def text_of(block: PdfBlock, vocabulary: Vocabulary) -> BlockText:
    """Write a block's words as one text."""
    text = f"{block.marker} " if block.marker else ""
    spans: list[Span] = []
    emphasised: list[Span] = []
    bold_end = len(text)
    for number, piece in enumerate(block.pieces):
        joint = piece.joint
        if joint == "-":
            text, joint = _mended(text, piece.segment.text, vocabulary), ""
            if spans and spans[-1].char_end > len(text):
                spans[-1] = Span(spans[-1].char_start, len(text))
        start = len(text) + len(joint)
        leads_on = number == 0 or bold_end == len(text)
        text += joint + piece.segment.text
        spans.append(Span(start, len(text)))
        emphasised += (Span(start + s.char_start, start + s.char_end) for s in piece.segment.emphasised)
        if leads_on and piece.segment.bold_lead:
            bold_end = start + piece.segment.bold_lead
    if block.marker and spans:
        spans[0] = Span(0, spans[0].char_end)
    if clean_text(text) != text:  # a letter at a line's end and its accent in the next line
        return BlockText(clean_text(text), (), (), "")
    lead_start = len(block.marker) + 1 if block.marker else 0
    lead = "" if block.all_bold else text[lead_start:bold_end].strip()
    kept = () if block.all_bold else tuple(s for s in _within(emphasised, len(text)))
    return BlockText(text, tuple(spans), kept, lead)


def _within(spans: Iterable[Span], end: int) -> Iterable[Span]:
    """The spans cut to the text; a mended hyphen may have shortened the last one before it."""
    position = 0
    for span in spans:
        start, stop = max(position, span.char_start), min(span.char_end, end)
        if start < stop:
            yield Span(start, stop)
            position = stop


def _mended(text: str, words: str, vocabulary: Vocabulary) -> str:
    """Return the text without its hyphen at the end, if it parts a word that ``words`` goes on with."""
    start, end = _LAST_WORD.search(text), _FIRST_WORD.match(words)
    if start and end and vocabulary.is_one_word(start.group(1), end.group()):
        return text[:-1]
    return text
