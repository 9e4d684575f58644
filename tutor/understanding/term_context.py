"""Which words stand side by side in a course's glossary terms: the context that a mended word should fit into."""

import re
from collections.abc import Iterable
from itertools import pairwise

from index.analysis import Analyzer
from index.glossary import named_words
from index.types import GlossaryEntry

_IN_BRACKETS = re.compile(r"\s*\([^()]*\)")


class TermContext:
    """Neighbouring word pairs of all glossary names, by stem; immutable."""

    def __init__(self, entries: Iterable[GlossaryEntry], analyzer: Analyzer) -> None:
        pairs: set[tuple[str, str]] = set()
        stems: set[str] = set()
        alone: set[str] = set()
        for name in dict.fromkeys(name for entry in entries for name in spoken_names(entry)):
            words = analyzer.stems([word.lower() for word in named_words(name)])
            stems.update(words)
            alone.update(words if len(words) == 1 else ())
            pairs.update(pairwise(words))
        self._pairs = frozenset(pairs)
        self._stems = frozenset(stems)
        self._alone = frozenset(alone)

    def is_pair(self, left_stem: str, right_stem: str) -> bool:
        """Whether some term has these two stems side by side, in this order."""
        return (left_stem, right_stem) in self._pairs

    def is_whole_term(self, stem: str) -> bool:
        """Whether this stem is a term by itself."""
        return stem in self._alone

    def is_term_word(self, stem: str) -> bool:
        """Whether some term has this stem."""
        return stem in self._stems


def spoken_names(entry: GlossaryEntry) -> tuple[str, ...]:
    """What an entry is called, as one would say it: term and aliases, without what stands in brackets; no repeats."""
    names = (" ".join(_IN_BRACKETS.sub("", name).split()) for name in (entry.term, *entry.aliases))
    return tuple(dict.fromkeys(name for name in names if name))
