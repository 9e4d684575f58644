"""What understanding needs to know of one course, computed once per index generation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from index.analysis import Analyzer
from index.glossary import Glossary, named_words, singular
from index.types import GlossaryEntry, Vocabulary
from tutor.understanding.acronyms import Acronyms
from tutor.understanding.english import EnglishWords, english_words
from tutor.understanding.spelling import Speller
from tutor.understanding.words import is_content, split_words

_LONGEST_TERM = 8  # words, as in the glossary
_PREPOSITIONS = frozenset({"in", "of", "for", "with", "to", "on"})


class IndexedCourse(Protocol):
    """The part of an opened index generation that is read here."""

    @property
    def title(self) -> str:
        """The course's title."""
        ...

    @property
    def vocabulary(self) -> Vocabulary:
        """The words the course knows."""
        ...

    @property
    def glossary(self) -> Glossary:
        """The course's defined terms."""
        ...


@dataclass(frozen=True, slots=True)
class CourseKnowledge:
    """Words, terms and acronyms of one course. Immutable, so that any number of threads may share it."""

    title: str
    glossary: Glossary
    speller: Speller
    acronyms: Acronyms
    english: EnglishWords
    analyzer: Analyzer
    openings: frozenset[str]  # singular nouns that a term opens with and says more about: "challenge"

    @classmethod
    def build(cls, vocabulary: Vocabulary, entries: Sequence[GlossaryEntry], title: str) -> Self:
        """Compute what there is to know; takes about half a second for a textbook of 15,000 different words."""
        analyzer = Analyzer("en")
        return cls._learn(title, vocabulary, Glossary(entries, analyzer), analyzer)

    @classmethod
    def of(cls, index: IndexedCourse) -> Self:
        """What there is to know of an opened index generation."""
        return cls._learn(index.title, index.vocabulary, index.glossary, Analyzer("en"))

    @classmethod
    def _learn(cls, title: str, vocabulary: Vocabulary, glossary: Glossary, analyzer: Analyzer) -> Self:
        english = english_words()
        return cls(
            title=title,
            glossary=glossary,
            speller=Speller(vocabulary, glossary, analyzer, english),
            acronyms=Acronyms(glossary, vocabulary.document_frequency, english),
            english=english,
            analyzer=analyzer,
            openings=frozenset(_opening_nouns(glossary)),
        )

    def knows(self, word: str) -> bool:
        """Whether the course has this lower-cased word, or another form of it."""
        return self.speller.knows(word, self.analyzer.stems([word])[0])

    def is_word(self, word: str) -> bool:
        """Whether this lower-cased word is one of the course's, one of its acronyms or plain English."""
        return word in self.english or self.knows(word) or self.acronyms.is_acronym(word)

    def terms_in(self, text: str) -> tuple[str, ...]:
        """The glossary terms that ``text`` names, as the course spells them, in text order."""
        mentions = [m for m in self.glossary.mentions(text) if not m.overlapped and m.certainty > 0.5]
        mentions.sort(key=lambda mention: mention.first_word)
        return tuple(dict.fromkeys(mention.entry.term for mention in mentions))

    def is_term(self, phrase: str) -> bool:
        """Whether ``phrase``, as a whole, is called by a glossary term, alias or acronym."""
        n_words = len(split_words(phrase))
        return 0 < n_words <= _LONGEST_TERM and any(
            mention.first_word == 0 and mention.end_word == n_words and mention.certainty > 0.5
            for mention in self.glossary.mentions(phrase)
        )

    def opens_a_term(self, word: str) -> bool:
        """Whether a term opens with this noun and says more about it: "Challenges in Deep Learning Applications"."""
        return singular(word) in self.openings

    def unknown_words(self, text: str) -> tuple[str, ...]:
        """The content words of ``text`` that the course never uses in any form, lower-cased, in text order."""
        words = dict.fromkeys(
            word.lower for word in split_words(text) if len(word.lower) > 1 and is_content(word.lower)
        )
        stems = self.analyzer.stems(list(words))
        return tuple(
            word
            for word, stem in zip(words, stems, strict=True)
            if not self.speller.knows(word, stem) and not self.acronyms.is_acronym(word)
        )


def _opening_nouns(glossary: Glossary) -> Iterator[str]:
    for entry in glossary.entries:
        words = [word.lower() for word in named_words(entry.term)]
        if words and (len(words) == 1 or words[1] in _PREPOSITIONS):
            yield singular(words[0])
