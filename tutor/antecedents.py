"""Sentences that point back at the one before them: "They mimic the brain" says nothing to who does not know of whom.

Such a sentence is shown with the sentence before it, where the course has one at hand: in the same chunk, or, for a
takeaway that repeats a definition's second sentence, in that definition. Nothing is put into other words.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from corpus.types import Chunk, Span

_POINTS_BACK = re.compile(
    r"(?:\W*)(?:this|that|these|those|it|its|they|their|them|he|she|his|her|such|however|therefore|thus|hence|moreover|"
    r"furthermore|additionally|in addition|instead|consequently|as a result|for example|for instance|in contrast|"
    r"by contrast|on the other hand|in other words|that is|nevertheless|nonetheless|otherwise|similarly|likewise|"
    r"accordingly|and|but|so|also|then|both|another|the (?:former|latter|same)|meanwhile|conversely|in turn)\b",
    re.IGNORECASE,
)
_FURTHEST_BACK = 2  # sentences; what needs more of them is no quote but a page


class Antecedent(NamedTuple):
    """A sentence of a chunk that another one needs before it."""

    chunk: Chunk
    span: Span


def points_back(sentence: str) -> bool:
    """Whether a sentence opens with a word that leans on the sentence before."""
    return bool(_POINTS_BACK.match(sentence))


def with_antecedents(chunk: Chunk, run: Sequence[Span], sentences: Sequence[Span]) -> tuple[Span, ...]:
    """``run`` with the sentences before it, as long as the first of it points back and the chunk has one before.

    Args:
        chunk: Where they stand.
        run: Neighbouring sentences of it, in order.
        sentences: All of its sentences, in order.
    """
    if not run:
        return ()
    first = sentences.index(run[0])
    start = first
    while start and first - start < _FURTHEST_BACK and points_back(sentence_of(chunk, sentences[start])):
        start -= 1
    return (*sentences[start:first], *run)


def sentence_of(chunk: Chunk, span: Span) -> str:
    """The text of a sentence of a chunk."""
    return chunk.text[span.char_start - chunk.char_start : span.char_end - chunk.char_start]


"""Chunk id of a takeaway that points back, to what it points at."""
