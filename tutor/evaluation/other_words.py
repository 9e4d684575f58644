"""A text in other words, letter for letter as long: for courses of any size that are made of a few real ones.

Words are exchanged for words of the same length that are about as common, so that every span of the text still holds,
and some rare ones for words that nobody has written yet, so that the vocabulary grows with the course as real ones do.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby

from corpus.types import Chunk, Document, Section

_WORD = re.compile(r"[A-Za-z]{4,}")
_EXCHANGED = 0.3  # of the words, in each copy
_INVENTED = 0.15  # of the rare words, in each copy: 50 copies of a textbook's 15,000 words have some 90,000
_RARE = 2  # chunks that a word occurs in at most
_ALIKE = 40  # words next to each other by frequency that are exchanged among themselves
_SYLLABLES = tuple(consonant + vowel for consonant in "bcdfghjklmnprstvz" for vowel in "aeiou")


class OtherWords:
    """The words of one copy, by what they stand for."""

    def __init__(self, document_frequency: Mapping[str, int], copy: int, *, seed: int = 0) -> None:
        chance = random.Random(f"{seed} {copy}")  # noqa: S311  (a reproducible sample, nothing secret)
        words = sorted(
            (word for word in document_frequency if _WORD.fullmatch(word)),
            key=lambda word: (len(word), -document_frequency[word], word),
        )
        self._other: dict[str, str] = {}
        for _, same_length in groupby(words, key=len):
            alike = list(same_length)
            for start in range(0, len(alike), _ALIKE):
                chosen = [word for word in alike[start : start + _ALIKE] if chance.random() < _EXCHANGED]
                self._other |= zip(chosen, chance.sample(chosen, len(chosen)), strict=True)
        for word in words:
            if document_frequency[word] <= _RARE and chance.random() < _INVENTED:
                self._other[word] = "".join(chance.choices(_SYLLABLES, k=len(word)))[: len(word)]

    def of(self, text: str) -> str:
        """The text in this copy's words, each in the case it was written in."""
        return _WORD.sub(self._word, text)

    def document(self, document: Document, document_id: str) -> Document:
        """A document in this copy's words; everything stands where it stood."""
        return replace(
            document,
            document_id=document_id,
            title=self.of(document.title),
            text=self.of(document.text),
            sections=tuple(self._section(section) for section in document.sections),
            blocks=tuple(replace(block, bold_lead=self.of(block.bold_lead)) for block in document.blocks),
        )

    def chunk(self, chunk: Chunk, document: Document, chunk_id: str) -> Chunk:
        """A chunk of a document that ``document`` gave."""
        return replace(
            chunk,
            chunk_id=chunk_id,
            document_id=document.document_id,
            document_title=document.title,
            heading_path=tuple(map(self.of, chunk.heading_path)),
            text=document.text[chunk.char_start : chunk.char_end],
            term=self.of(chunk.term),
            aliases=tuple(map(self.of, chunk.aliases)),
        )

    def _section(self, section: Section) -> Section:
        return replace(
            section, heading=self.of(section.heading), heading_path=tuple(map(self.of, section.heading_path))
        )

    def _word(self, found: re.Match[str]) -> str:
        written = found[0]
        other = self._other.get(written.lower())
        if other is None:
            return written
        if written.islower():
            return other
        return other.upper() if written.isupper() else other.capitalize()
