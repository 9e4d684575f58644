"""Acronyms spelled out in the course's own words: "EHR" is read as "Electronic Health Records (EHR)".

Knows glossary names only. An acronym that is an ordinary word too ("MAP", "IF") counts only when it is written in
capitals or is all that was asked about.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from index.types import GlossaryEntry
from tutor.understanding.english import EnglishWords
from tutor.understanding.term_context import spoken_names
from tutor.understanding.words import FUNCTION_WORDS, SLANG, Word, replace_spans, split_words

_LONGEST = 8
_MOST_MEANINGS = 2  # an acronym of more terms than this says nothing
_SMALL_GLOSSARY = 200  # in a larger one the initials of some term fit almost any three letters
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
# The only two-letter words of English; "ai", "ar" and "vr" are none, whatever a frequency list says.
_TWO_LETTER_WORDS = frozenset(
    "ad am an as at ax be by do ex go ha he hi id if in is it me my no of oh ok on or ox pi so to up us we".split()
)


class Acronyms:
    """The acronyms of one course and what they stand for; immutable.

    Besides those the glossary writes out, the initials of its terms count ("DL" for "Deep Learning") when they fit
    one term only, are no word, and the course does not use them otherwise.
    """

    def __init__(self, entries: Sequence[GlossaryEntry], known_words: Collection[str], english: EnglishWords) -> None:
        self._english = english
        long_names: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for entry in entries:
            for acronym in _acronyms(entry):
                meaning = (acronym, _long_name(entry, acronym))
                if meaning not in long_names[_key(acronym)]:
                    long_names[_key(acronym)].append(meaning)
        if len(entries) <= _SMALL_GLOSSARY:
            for initials, name in _by_initials(entries).items():
                if initials not in long_names and initials not in known_words and not self._is_ordinary(initials):
                    long_names[initials].append((initials.upper(), name))
        self._long_names = {key: tuple(names) for key, names in long_names.items() if len(names) <= _MOST_MEANINGS}

    def expand(self, text: str, *, subject: str = "") -> str:
        """Spell out the acronyms in ``text``; one whose long form stands in it already is left alone.

        Args:
            text: A question.
            subject: What it asks about, if known: an acronym that is all of it counts even if it is a word ("map").
        """
        words = split_words(text)
        whole = {word.lower for word in split_words(subject)} if len(split_words(subject)) == 1 else set()
        folded = text.lower()
        replacements: list[tuple[int, int, str]] = []
        for word in words:
            meanings = self._meanings(word, text, whole)
            if meanings and not any(name.lower() in folded for _, name in meanings):
                acronym = meanings[0][0]
                spelled = " or ".join(name for _, name in meanings)
                replacements.append(
                    (word.start, word.start + len(word.written.removesuffix("'s")), f"{spelled} ({acronym})")
                )
        return replace_spans(text, _once_each(replacements, text))

    def is_acronym(self, word: str) -> bool:
        """Whether the course uses ``word`` as an acronym, in whatever case."""
        return _key(word) in self._long_names

    def _meanings(self, word: Word, text: str, whole: Collection[str]) -> tuple[tuple[str, str], ...]:
        meanings = self._long_names.get(_key(word.written), ())
        if not meanings or _follows_hyphen(word, text):
            return ()
        shouted = text.isupper() and len(text.split()) > 2
        in_capitals = sum(letter.isupper() for letter in word.written) > 1 and not shouted
        if in_capitals or word.lower in whole or not self._is_ordinary(word.lower):
            return meanings
        return ()

    def _is_ordinary(self, word: str) -> bool:
        if len(word) <= 2:
            return word in _TWO_LETTER_WORDS or word in SLANG or len(word) < 2
        return word in FUNCTION_WORDS or word in SLANG or word in self._english


def looks_like_acronym(written: str) -> bool:
    """Whether a name is written as acronyms are: short, one word, with capitals inside ("CNNs", "ACh", "cAMP", "IP3")."""
    capitals = sum(letter.isupper() for letter in written)
    return written.isalnum() and 2 <= len(written) <= _LONGEST and capitals >= 2 and capitals * 3 >= len(written)


def _acronyms(entry: GlossaryEntry) -> list[str]:
    in_brackets = [inside for name in (entry.term, *entry.aliases) for inside in _IN_BRACKETS.findall(name)]
    return [name for name in (*entry.aliases, *in_brackets) if looks_like_acronym(name)]


def _long_name(entry: GlossaryEntry, acronym: str) -> str:
    """The name of ``entry`` that the letters stand for; its term, if no name's initials fit."""
    names = [name for name in spoken_names(entry) if not looks_like_acronym(name)] or [entry.term]
    parts = [part for name in names for part in (name, *name.split(" and "))]
    return next((name for name in parts if _initials(name) == _key(acronym)), names[0])


def _by_initials(entries: Iterable[GlossaryEntry]) -> dict[str, str]:
    names: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        initials = _initials(entry.term)
        if 2 <= len(initials) <= 5:
            names[initials].add(spoken_names(entry)[0])
    return {initials: min(fitting) for initials, fitting in names.items() if len(fitting) == 1}


def _initials(name: str) -> str:
    return "".join(
        word.lower[0] for word in split_words(_IN_BRACKETS.sub("", name)) if word.lower not in FUNCTION_WORDS
    )


def _key(acronym: str) -> str:
    """Acronyms are looked up in lower case and singular: "CNNs", "cnns", "CNN's"."""
    return _singular(acronym.removesuffix("'s")).lower()


def _singular(acronym: str) -> str:
    return acronym[:-1] if len(acronym) > 2 and acronym.endswith("s") else acronym


def _follows_hyphen(word: Word, text: str) -> bool:
    return text[word.start - 1 : word.start] == "-" or text[word.end : word.end + 1] == "-"


def _once_each(replacements: Iterable[tuple[int, int, str]], text: str) -> list[tuple[int, int, str]]:
    """Only the first use of each acronym is spelled out, and none that stands in brackets."""
    seen: set[str] = set()
    kept = []
    for start, end, new in replacements:
        if new not in seen and text[start - 1 : start] != "(":
            seen.add(new)
            kept.append((start, end, new))
    return kept
