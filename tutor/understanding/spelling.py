"""Typing errors mended against the course's own words.

A word that the course knows is never touched, nor one that is plausible English and that the course merely lacks
("reinforcement"), unless mending it spells out a glossary term ("virtual realty"). For the rest the cheapest reading
of the whole line is chosen: the cost of the slips, less a reward for neighbours that stand together in a term.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from index.analysis import Analyzer
from index.glossary import Glossary
from index.types import Vocabulary
from tutor.types import Correction
from tutor.understanding.candidates import Candidate, CandidateFinder, one_slip_away
from tutor.understanding.english import EnglishWords
from tutor.understanding.term_context import TermContext
from tutor.understanding.words import ASKING_WORDS, FUNCTION_WORDS, SLANG, Word, replace_spans, split_words

_MAX_STRANGE_WORDS = 16  # more are no course question; bounds the time of one question
_TOGETHER = 0.6  # reward for a pair of neighbours that a glossary term has
_GRAMMAR = ASKING_WORDS | FUNCTION_WORDS
_WHOLE_TERM = 0.25  # reward for a word that is a glossary term by itself, or that asks ("explain", "difference")
_TERM_WORD = 0.1  # reward for any other word of a glossary term
# The cost of slips up to which a word of so many letters is mended with no reward; longer words: the last figure.
_PATIENCE = (0.0, 0.0, 0.0, 0.0, 0.7, 0.85, 0.85, 1.05, 1.25, 1.45, 1.75)
_NAME_PATIENCE = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.75)  # capitalised inside a sentence, so likely a name

_DERIVED_PATIENCE = 0.65  # formed like an English word, such as "tokenizer"


@dataclass(frozen=True, slots=True)
class Mended:
    """A line with its typing errors mended, and what was mended."""

    text: str
    corrections: tuple[Correction, ...] = ()


class Speller:
    """Mends questions about one course; read-only once built, so safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary, glossary: Glossary, analyzer: Analyzer, english: EnglishWords) -> None:
        self.vocabulary = vocabulary.document_frequency
        self._known_stems = frozenset(analyzer.stems(list(vocabulary.document_frequency)))
        self._analyzer = analyzer
        self._glossary = glossary
        self._context = TermContext(glossary.entries, analyzer)
        self._candidates = CandidateFinder(vocabulary, analyzer)
        self._english = english

    def knows(self, word: str, stem: str) -> bool:
        """Whether the course has this lower-cased word, or another form of it."""
        return word in self.vocabulary or stem in self._known_stems

    def mend(self, text: str) -> Mended:
        """Mend ``text``; words that are no typing errors stay exactly as written."""
        mended = self._mend_typing_errors(text)
        completed = self._complete_terms(mended.text)
        return Mended(completed.text, mended.corrections + completed.corrections)

    def _mend_typing_errors(self, text: str) -> Mended:
        words = split_words(text)
        lower = [word.lower for word in words]
        stems = self._analyzer.stems(lower)
        strange = [place for place in self._lacking(text, words, stems) if not self._is_plausible(text, words[place])]
        readings = {place: self._readings(text, words, place) for place in strange[:_MAX_STRANGE_WORDS]}
        if not readings:
            return Mended(text)
        chosen = self._cheapest_line(lower, stems, readings)
        return _rewrite(text, words, {place: new for place, new in chosen.items() if new != lower[place]})

    def _complete_terms(self, text: str) -> Mended:
        """Mend plausible words that the course lacks where that spells out a glossary term of several words."""
        words = split_words(text)
        stems = self._analyzer.stems([word.lower for word in words])
        chosen: dict[int, str] = {}
        for place in self._lacking(text, words, stems)[:_MAX_STRANGE_WORDS]:
            if len(words[place].lower) < 4:
                continue
            for candidate in self._candidates.find(words[place].lower, max_distance=1):
                left = place > 0 and self._context.is_pair(stems[place - 1], candidate.stem)
                right = place + 1 < len(stems) and self._context.is_pair(candidate.stem, stems[place + 1])
                if (left or right) and self._completes_term(words, place, candidate.word):
                    chosen[place] = candidate.word
                    break
        return _rewrite(text, words, chosen)

    def _lacking(self, text: str, words: Sequence[Word], stems: Sequence[str]) -> list[int]:
        """The places of words that the course, everyday grammar and chat language all lack."""
        shouting = text.isupper()
        return [
            place
            for place, (word, stem) in enumerate(zip(words, stems, strict=True))
            if len(word.lower) >= 3
            and word.lower.isalpha()
            and word.lower.isascii()
            and not self.knows(word.lower, stem)
            and word.lower not in _GRAMMAR
            and word.lower not in SLANG
            and (shouting or not _is_acronym(word.written))
        ]

    def _is_plausible(self, text: str, word: Word) -> bool:
        is_combining_form = word.lower.endswith("o") and text[word.end : word.end + 1] == "-"  # "hypothalamo-"
        return is_combining_form or (word.lower in self._english and not self._candidates.variant(word.lower))

    def _readings(self, text: str, words: Sequence[Word], place: int) -> list[Candidate]:
        """What a strange word may be read as; the first is the word as it stands, at the cost of leaving it so."""
        word = words[place].lower
        variant = self._candidates.variant(word)
        if variant and word in self._english:
            return [variant]
        inside = place > 0 and words[place].written[0].isupper() and not text.isupper() and not text.istitle()
        patience = _NAME_PATIENCE if inside else _PATIENCE
        limit = patience[min(len(word), len(patience) - 1)]
        if self._english.is_plausible(word):
            limit = min(limit, _DERIVED_PATIENCE)
        likely = self._candidates.find(word, max_distance=1 if len(word) < 6 else 2)
        if likely and likely[0].cost > 1.1 and any(other in self._english for other in one_slip_away(word)):
            limit = 0.0  # one slip from English that the course lacks is likelier than two from English that it has
        kept = Candidate(word, "", limit, limit)
        readings = [self._rewarded(candidate) for candidate in likely] + self._taken_apart(word)
        return [kept, *readings, *([replace(variant, cost=0.5, rank=0.5)] if variant else [])]

    def _rewarded(self, candidate: Candidate) -> Candidate:
        reward = 0.0
        if self._context.is_whole_term(candidate.stem) or candidate.word in _GRAMMAR:
            reward = _WHOLE_TERM
        elif self._context.is_term_word(candidate.stem):
            reward = _TERM_WORD
        return replace(candidate, cost=candidate.cost - reward, rank=candidate.rank - reward)

    def _completes_term(self, words: Sequence[Word], place: int, new: str) -> bool:
        first = max(0, place - 3)
        window = [word.written for word in words[first : place + 7]]
        window[place - first] = new
        return any(
            mention.end_word - mention.first_word > 1 and mention.first_word <= place - first < mention.end_word
            for mention in self._glossary.mentions(" ".join(window))
        )

    def _taken_apart(self, word: str) -> list[Candidate]:
        """``word`` as two words of a term that were typed as one: "neuralnetworks"."""
        for cut in range(3, len(word) - 2):
            left, right = word[:cut], word[cut:]
            if left in self.vocabulary and right in self.vocabulary:
                left_stem, right_stem = self._analyzer.stems([left, right])
                if self._context.is_pair(left_stem, right_stem):
                    return [Candidate(f"{left} {right}", right_stem, 0.2, 0.2)]
        return []

    def _cheapest_line(
        self, lower: Sequence[str], stems: Sequence[str], readings: Mapping[int, Sequence[Candidate]]
    ) -> dict[int, str]:
        """Viterbi: the sequence of readings of least total rank, neighbours of one term rewarded.

        A reading is open to the path only if its own cost, less the reward, stays within the cost of leaving the word.
        """
        paths: list[tuple[float, dict[int, str], str]] = [(0.0, {}, "")]
        for place, word in enumerate(lower):
            options = readings.get(place) or (Candidate(word, stems[place], 0.0, 0.0),)
            limit = options[0].cost
            after = stems[place + 1] if place + 1 < len(stems) else ""
            extended = []
            for option in options:
                for total, chosen, before in paths:
                    reward = _TOGETHER * (self._context.is_pair(before, option.stem))
                    ahead = _TOGETHER * (self._context.is_pair(option.stem, after))
                    if option.cost - reward - ahead <= limit + 1e-9:
                        step = {**chosen, place: option.word} if place in readings else chosen
                        extended.append((total + option.rank - reward, step, option.stem))
            paths = _best_per_stem(extended)
        return min(paths, key=lambda path: path[0])[1]


def _best_per_stem(paths: Sequence[tuple[float, dict[int, str], str]]) -> list[tuple[float, dict[int, str], str]]:
    best: dict[str, tuple[float, dict[int, str], str]] = {}
    for path in paths:
        if path[2] not in best or path[0] < best[path[2]][0]:
            best[path[2]] = path
    return list(best.values())


def _rewrite(text: str, words: Sequence[Word], chosen: Mapping[int, str]) -> Mended:
    replacements = [
        (words[place].start, words[place].start + len(words[place].lower), new) for place, new in sorted(chosen.items())
    ]
    corrections = tuple(Correction(text[start:end], new) for start, end, new in replacements)
    return Mended(replace_spans(text, replacements), corrections)


def _is_acronym(written: str) -> bool:
    return len(written) <= 6 and sum(letter.isupper() for letter in written) > 1
