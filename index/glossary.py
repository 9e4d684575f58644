"""The course's defined terms, found in any text by hash look-ups. Knows names and words, nothing of vectors or scores.

A term is found by what it is called (term, alias, acronym), however a student writes it: "CNN", "cnns", "the CNN's",
"convolutional neural-networks". Every name is entered under a few keys, from strict to loose; a text is read once, each
run of words is looked up under the same keys, and the strictest key that hits tells how surely the term is meant.
"""

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bm25s.stopwords import STOPWORDS_EN_PLUS

from corpus.types import Chunk, FoundBy
from index.analysis import Analyzer, written_words
from index.types import GlossaryEntry

_FUNCTION_WORDS = frozenset(STOPWORDS_EN_PLUS)
_ARTICLES = frozenset({"a", "an", "the"})
_TEXTS_REMEMBERED = 256  # one question is looked at three or four times on its way, and many are on their way at once
_LONGEST_NAME = 8  # words; longer "terms" are sentences that a reader took for one

# How surely a term is meant, by the key that found it. Not tuned: only the order matters to the callers so far.
_AS_WRITTEN, _IN_NUMBER, _JOINED, _BY_STEM, _LOOSELY = 1.0, 1.0, 0.9, 0.8, 0.5
_OVERLAPPED = 0.5  # "neural network" in "convolutional neural network"

_PROSE_LAST: Mapping[FoundBy | None, int] = {"prose": 1, None: 1}


@dataclass(frozen=True, slots=True)
class Mention:
    """A run of words in a text that names a term."""

    entry: GlossaryEntry
    first_word: int  # half-open run of words, as split by ``named_words``
    end_word: int
    certainty: float  # (0, 1]: 1 when named as written or in singular or plural, less by stem or when joined
    overlapped: bool  # shares words with a longer mention


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a text or name in four spellings, one for one."""

    written: tuple[str, ...]  # "CNNs"
    lower: tuple[str, ...]  # "cnns"
    singular: tuple[str, ...]  # "cnn"
    stems: tuple[str, ...]  # Snowball


class Glossary:
    """Looks terms up in texts; immutable and safe to share between threads."""

    def __init__(self, entries: Sequence[GlossaryEntry], analyzer: Analyzer) -> None:
        self.entries = tuple(entries)
        self._analyzer = analyzer
        self._as_written: dict[tuple[str, ...], list[int]] = defaultdict(list)  # acronyms that are common words: "IT"
        self._lower: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._singular: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._joined: dict[str, list[int]] = defaultdict(list)
        self._stems: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, entry in enumerate(self.entries):
            for name in dict.fromkeys((entry.term, *entry.aliases)):
                self._enter(name, number)
        names = (self._lower, self._singular, self._stems)
        self._opening = {key[0] for name in names for key in name} | {key[0].lower() for key in self._as_written}
        self._longest = 1 + max((len(key) for key in self._lower), default=1)  # a joined name may be written in two
        self._remembered = functools.lru_cache(_TEXTS_REMEMBERED)(self._read)

    @classmethod
    def from_chunks(cls, chunks: Iterable[Chunk], analyzer: Analyzer) -> "Glossary":
        """One entry per term of the definition chunks; chunks of one term are merged, definitions in prose last."""
        by_term: dict[tuple[str, ...], list[Chunk]] = defaultdict(list)
        for chunk in chunks:
            if chunk.kind == "definition" and (key := _without_article(_spell(chunk.term, analyzer)).singular):
                by_term[key].append(chunk)
        return cls([_entry(same_term) for same_term in by_term.values()], analyzer)

    def find(self, text: str) -> tuple[GlossaryEntry, ...]:
        """The terms that the text names: longest first, then in text order; none shares words with a longer one."""
        outer = (m.entry for m in self.mentions(text) if not m.overlapped and m.certainty > _LOOSELY)
        return tuple(dict.fromkeys(outer))

    def match(self, query: str) -> Mapping[str, float]:
        """How surely the query names the term of a defining chunk: chunk id -> (0, 1]; ids not named are left out."""
        certainties: dict[str, float] = {}
        for mention in self.mentions(query):
            certainty = mention.certainty * (_OVERLAPPED if mention.overlapped else 1.0)
            for chunk_id in mention.entry.chunk_ids:
                certainties[chunk_id] = max(certainty, certainties.get(chunk_id, 0.0))
        return certainties

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Every run of words that names a term, longest first, then in text order; one run may name several terms."""
        return self._remembered(text)

    def _read(self, text: str) -> tuple[Mention, ...]:
        words = _spell(text, self._analyzer)
        runs = [run for start in range(len(words.lower)) for run in self._runs_from(words, start)]
        found: list[Mention] = []
        taken: set[int] = set()
        for start, end, certainty, numbers in sorted(runs, key=lambda run: (run[0] - run[1], run[0])):
            positions = range(start, end)
            overlapped = not taken.isdisjoint(positions)
            found += [Mention(self.entries[number], start, end, certainty, overlapped) for number in numbers]
            if certainty > _LOOSELY:
                taken.update(positions)
        return tuple(found)

    def _runs_from(self, words: _Words, start: int) -> Iterator[tuple[int, int, float, Sequence[int]]]:
        """The runs of words from ``start`` on that name terms: (start, end, certainty, numbers of the terms)."""
        last = min(len(words.lower), start + self._longest)
        if self._opening.isdisjoint((words.lower[start], words.singular[start], words.stems[start])):
            joined = ""  # no name opens so: only one that is written in one word is left, and has no function word
            for place in range(start, last):
                if words.lower[place] in _FUNCTION_WORDS:
                    return
                joined += words.singular[place]
                if numbers := self._joined.get(joined):
                    yield start, place + 1, _JOINED, numbers
            return
        for end in range(start + 1, last + 1):
            certainty, found = self._look_up(words, start, end)
            if found:
                yield start, end, certainty, found

    def _enter(self, name: str, number: int) -> None:
        words = _without_article(_spell(name, self._analyzer))
        if not words.lower or len(words.lower) > _LONGEST_NAME:
            return
        if len(words.lower) == 1 and words.lower[0] in _FUNCTION_WORDS:
            _add(self._as_written[words.written], number)
            return
        # The S of "AIDS" is no plural, so a name in capitals is entered as it is; "cnns" still finds "CNN".
        capitals = all(word.isupper() for word in words.written)
        singular_words, stems = (words.lower, words.lower) if capitals else (words.singular, words.stems)
        _add(self._lower[words.lower], number)
        _add(self._singular[singular_words], number)
        _add(self._stems[stems], number)
        _add(self._joined["".join(singular_words)], number)

    def _look_up(self, words: _Words, start: int, end: int) -> tuple[float, Sequence[int]]:
        lower = words.lower[start:end]
        if end - start == 1 and lower[0] in _FUNCTION_WORDS:
            shouted = len(words.written) > 1 and not any(word != word.upper() for word in words.written)
            return _AS_WRITTEN, () if shouted else self._as_written.get(words.written[start:end], ())
        if numbers := self._lower.get(lower):
            return _AS_WRITTEN, numbers
        singular = words.singular[start:end]
        if numbers := self._singular.get(singular):
            return _IN_NUMBER, numbers
        if numbers := self._stems.get(words.stems[start:end]):
            return (_BY_STEM if end - start > 1 else _LOOSELY), numbers  # "regulating" stems as "regulation"
        if not _FUNCTION_WORDS.intersection(lower) and (numbers := self._joined.get("".join(singular))):
            return _JOINED, numbers
        return 0.0, ()


def named_words(text: str) -> list[str]:
    """The words that mentions count in: as written, hyphenated words apart ("U-Net" is two)."""
    return [part for word in written_words(text) for part in word.split("-")]


def singular(word: str) -> str:
    """An English noun without its plural ending, by three rules; other words may change too, but always alike.

    Source: Harman, "How effective is suffixing?", JASIS 1991 (the S stemmer).
    """
    if word.endswith("ies") and not word.endswith(("eies", "aies")) and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    if word.endswith("s") and not word.endswith(("us", "ss")) and len(word) > 2:
        return word[:-1]
    return word


def _spell(text: str, analyzer: Analyzer) -> _Words:
    written = named_words(text)
    lower = [word.lower() for word in written]
    return _Words(tuple(written), tuple(lower), tuple(map(singular, lower)), tuple(analyzer.stems(lower)))


def _without_article(words: _Words) -> _Words:
    if len(words.lower) < 2 or words.lower[0] not in _ARTICLES:
        return words
    return _Words(words.written[1:], words.lower[1:], words.singular[1:], words.stems[1:])


def _entry(same_term: Sequence[Chunk]) -> GlossaryEntry:
    best_first = sorted(same_term, key=lambda chunk: _PROSE_LAST.get(chunk.found_by, 0))  # stable: then course order
    aliases = dict.fromkeys(alias for chunk in best_first for alias in chunk.aliases)
    return GlossaryEntry(best_first[0].term, tuple(aliases), tuple(chunk.chunk_id for chunk in best_first))


def _add(numbers: list[int], number: int) -> None:
    if number not in numbers:
        numbers.append(number)
