"""Definitions in running text: which sentences of a section define a term, and how far the definition reaches."""

from collections.abc import Sequence

from corpus.defining_sentences import read_defining_sentence
from corpus.definitions import Definition
from corpus.names import bare_article, names_of
from corpus.terms import WRAPPING
from corpus.text_units import Unit
from corpus.types import Block, Span
from corpus.written_words import WrittenWords

_MAX_CHARS = 800  # a longer "definition" is an explanation with formulas, which its passage gives as well


def find_prose_definitions(
    text: str, units: Sequence[Unit], blocks: Sequence[Block], written: WrittenWords
) -> list[Definition]:
    """Return the definitions among the units of consecutive blocks, in order.

    Only paragraphs are searched. A following sentence that goes on with "It" or "They" belongs to the definition; so
    does the one before "This is called X", which says what this is.
    """
    emphasised = _emphasised_words(text, blocks)
    paragraphs = {block.char_start for block in blocks if block.kind == "paragraph"}
    found: list[Definition] = []
    for number, unit in enumerate(units):
        if unit.block_start not in paragraphs or not (unit.is_prose and unit.is_quotable):
            continue
        sentence = read_defining_sentence(text[unit.char_start : unit.char_end], emphasised, written)
        if sentence is None or (sentence.needs_sentence_before and unit.opens_block):
            continue
        first = units[number - 1] if sentence.needs_sentence_before else unit
        last = units[number + 1] if _goes_on(text, units, number) else unit
        if last.char_end - first.char_start > _MAX_CHARS:
            continue
        names = names_of(sentence.head, sentence.aliases, written)
        found.append(Definition(names, Span(first.char_start, last.char_end), "prose"))
    return found


def _goes_on(text: str, units: Sequence[Unit], number: int) -> bool:
    """Tell whether the next sentence of the paragraph goes on about the same thing."""
    if number + 1 == len(units) or units[number + 1].opens_block:
        return False
    return text.startswith(("It ", "They "), units[number + 1].char_start)


def _emphasised_words(text: str, blocks: Sequence[Block]) -> frozenset[str]:
    """The words that the author set in bold or italics, without article, folded: new terms, mostly."""
    spans = (span for block in blocks for span in block.emphasised)
    return frozenset(bare_article(text[span.char_start : span.char_end]).strip(WRAPPING).casefold() for span in spans)
