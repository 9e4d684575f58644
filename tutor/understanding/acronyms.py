"""Acronyms spelled out in the course's own words: "EHR" is read as "Electronic Health Records (EHR)".

Knows glossary names only. An acronym that is an ordinary word too ("MAP", "IF") counts only when it is written in
capitals or is all that was asked about.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from index.glossary import Glossary, singular
from index.types import GlossaryEntry
from tutor.understanding.english import EnglishWords
from tutor.understanding.term_context import spoken_names
from tutor.understanding.words import FUNCTION_WORDS, SLANG, Word, lower_words, replace_spans, split_words, word_set

_LONGEST = 8
_MOST_MEANINGS = 2  # an acronym of more terms than this says nothing
_SMALL_GLOSSARY = 200  # in a larger one the initials of some term fit almost any three letters
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
# The only two-letter words of English; "ai", "ar" and "vr" are none, whatever a frequency list says.
_TWO_LETTER_WORDS = word_set("""
    ad am an as at ax be by do ex go ha he hi id if in is it me my no of oh ok on or ox pi so to up us we
    """)


class Meaning(NamedTuple):
    """An acronym as the course writes it, and what it stands for."""

    acronym: str
    name: str


class Acronyms:
    """The acronyms of one course and what they stand for; immutable.

    Besides those the glossary writes out, the initials of its terms count ("DL" for "Deep Learning") when they fit
    one term only, are no word, and the course does not use them otherwise.
    """

    def __init__(self, glossary: Glossary, known_words: Collection[str], english: EnglishWords) -> None:
        self._glossary = glossary
        self._english = english
        entries = glossary.entries
        meanings: dict[str, dict[str, Meaning]] = defaultdict(dict)
        for entry in entries:
            for acronym in _acronyms(entry):
                name = _long_name(entry, acronym)
                meanings[_key(acronym)].setdefault(singular(name.lower()), Meaning(acronym, name))
        if len(entries) <= _SMALL_GLOSSARY:
            for initials, name in _by_initials(entries).items():
                if initials not in meanings and initials not in known_words and not self._is_ordinary(initials):
                    meanings[initials][name] = Meaning(initials.upper(), name)
        self._spellings = {acronym.lower(): acronym for entry in entries for acronym in _acronyms(entry)}
        self._meanings = {key: tuple(found.values()) for key, found in meanings.items() if len(found) <= _MOST_MEANINGS}

    def expand(self, text: str, *, subject: str = "") -> str:
        """Spell out the acronyms in ``text``, each once.

        Left alone is an acronym inside a longer term ("messenger RNA") or whose long form stands in the text already.

        Args:
            text: A question.
            subject: What it asks about, if known: an acronym that is all of it counts even if it is a word ("map").
        """
        words = split_words(text)
        whole = lower_words(subject)
        folded = text.lower()
        found: dict[int, str] = {}
        for place, word in enumerate(words):
            meanings = self._meant(word, text, whole if len(whole) == 1 else ())
            if meanings and not any(meaning.name.lower() in folded for meaning in meanings):
                acronym = self._spellings.get(word.lower, meanings[0].acronym)
                new = f"{' or '.join(meaning.name for meaning in meanings)} ({acronym})"
                if new not in found.values() and text[word.start - 1 : word.start] != "(":
                    found[place] = new
        if not found:
            return text
        inside = self._inside_longer_terms(text)
        return replace_spans(
            text,
            [
                (words[place].start, words[place].start + len(words[place].lower), new)
                for place, new in found.items()
                if place not in inside
            ],
        )

    def _inside_longer_terms(self, text: str) -> set[int]:
        return {
            place
            for mention in self._glossary.mentions(text)
            if mention.end_word - mention.first_word > 1 and mention.certainty > 0.5
            for place in range(mention.first_word, mention.end_word)
        }

    def is_acronym(self, word: str) -> bool:
        """Whether the course uses ``word`` as an acronym, in whatever case."""
        return _key(word) in self._meanings

    def _meant(self, word: Word, text: str, whole: Collection[str]) -> tuple[Meaning, ...]:
        meanings = self._meanings.get(_key(word.written), ())
        if not meanings or "-" in (text[word.start - 1 : word.start], text[word.end : word.end + 1]):
            return ()
        shouting = text.isupper() and len(text.split()) > 2
        in_capitals = sum(letter.isupper() for letter in word.written) > 1 and not shouting
        if in_capitals or word.lower in whole or not self._is_ordinary(word.lower):
            return meanings
        return ()

    def _is_ordinary(self, word: str) -> bool:
        if len(word) <= 2:
            return word in _TWO_LETTER_WORDS or word in SLANG or len(word) < 2
        return word in FUNCTION_WORDS or word in SLANG or word in self._english


def looks_like_acronym(written: str) -> bool:
    """Whether a name is short, one word, and has capitals inside: "CNNs", "ACh", "cAMP", "IP3"."""
    capitals = sum(letter.isupper() for letter in written)
    return written.isalnum() and 2 <= len(written) <= _LONGEST and capitals >= 2 and capitals * 3 >= len(written)


def _acronyms(entry: GlossaryEntry) -> list[str]:
    in_brackets = [inside for name in (entry.term, *entry.aliases) for inside in _IN_BRACKETS.findall(name)]
    return [name for name in (*entry.aliases, *in_brackets) if looks_like_acronym(name)]


def _long_name(entry: GlossaryEntry, acronym: str) -> str:
    """What the letters stand for: the name with these initials, the words of a name that they cover, or the term."""
    names = [name for name in spoken_names(entry) if not looks_like_acronym(name)] or [entry.term]
    key = _key(acronym)
    for name in names:
        if _initials(name) == key:
            return name
    words = names[0].split()
    if len(words) == len(key) + 1 and _initials(names[0]).startswith(key):
        return " ".join(words[:-1])  # "NK" in "natural killer cells"
    if len(key) == len(words) == 2 and words[1][0].lower() != key[-1] and _are_in_order(key, words[0].lower()):
        return words[0]  # "AV" in "atrioventricular node"
    return names[0]


def _are_in_order(letters: str, word: str) -> bool:
    rest = iter(word)
    return word.startswith(letters[0]) and all(letter in rest for letter in letters)


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
