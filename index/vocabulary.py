"""The words a course knows, for mending spelling and for measuring how much of a question it covers."""

from collections import Counter
from collections.abc import Iterable

from index.analysis import with_parts, words
from index.types import Vocabulary


def build_vocabulary(texts: Iterable[str]) -> Vocabulary:
    """Count in how many texts each word occurs; a hyphenated word counts itself and its parts."""
    document_frequency: Counter[str] = Counter()
    n_chunks = 0
    for text in texts:
        n_chunks += 1
        document_frequency.update({part for word in words(text) for part in with_parts(word)})
    return Vocabulary(document_frequency=document_frequency, n_chunks=n_chunks)
