"""When two sentences of the course say the same in the same words, so that a learner reads them once.

Courses repeat themselves: a takeaway often is a definition's first sentence, with or without "Term: " before it.
"""

import re
import unicodedata
from functools import lru_cache

from corpus.types import Chunk, Span

# "12. Electronic Health Records (EHR): " before a full sentence that names the term again.
_ENTRY_LEAD = re.compile(r"(?:\d{1,3}[.)]\s+|[-•*]\s+)?(?P<term>[^:.\n]{1,120}):\s+(?=[A-Z])")
_WORD = re.compile(r"\w+")


def lead_length(text: str) -> int:
    """Characters of an entry's "12. Term (T): " before a sentence that begins with the term again; 0 without one.

    >>> lead_length("2. Machine Learning: Machine Learning is a subset of AI.")
    21
    >>> lead_length("acne: skin condition due to infected sebaceous glands")
    0
    """
    if ":" not in text or (match := _ENTRY_LEAD.match(text)) is None:
        return 0
    first_word = match["term"].split("(")[0].split()
    return match.end() if first_word and text[match.end() :].startswith(first_word[0]) else 0


@lru_cache(maxsize=4096)  # composing an answer asks three times for each sentence it may show
def fold(sentence: str) -> str:
    """The sentence as compared with others: no lead, no case, no punctuation, single spaces."""
    return " ".join(folded_words(sentence[lead_length(sentence) :]))


def folded_words(text: str) -> list[str]:
    """The words of a text of any length, as sentences are compared."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def readable_sentences(chunk: Chunk) -> tuple[Span, ...]:
    """The chunk's sentences without an entry's lead, which the statement's term already says."""
    if not chunk.sentences:
        return (Span(chunk.char_start, chunk.char_end),)
    first, *rest = chunk.sentences
    lead = lead_length(chunk.text[first.char_start - chunk.char_start : first.char_end - chunk.char_start])
    return (Span(first.char_start + lead, first.char_end), *rest)
