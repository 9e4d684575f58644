"""What tells a near miss from an answer, though both share their words: sentence and question set side by side.

"Which country did Japan not invade?" and "Which country did Japan invade?" find the same sentence, and only one is
answered by it. Six cheap signs, each blind to meaning and each worth little alone; the fitted refusal weighs them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.analysis import Analyzer, words, written_words
from tutor.answer_kinds import CAPITALISED, lacks_kind_of_answer
from tutor.opposites import OPPOSITES
from tutor.understanding.words import word_set

_NEGATIONS = word_set("""
    not no never none nor neither without cannot except nothing nobody nowhere lack lacks lacking fail failed fails
    unable least
    """)
_SIDE_BY_SIDE = 2  # words apart, stop words not counted


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Signs against a sentence that holds the question's words; the last two speak for it."""

    denies: float  # 1 when the question negates and the sentence does not
    opposites: float  # how many words of the question stand in the chunk only as their opposites: "first" for "last"
    lacks_answer: float  # 1 when a number, date, name or reason is asked for and the sentence holds none
    names_missing: float  # how many capitalised words of the question the chunk lacks
    in_order: float  # longest common subsequence of the words, as a share of the question's
    side_by_side: float  # share of the question's neighbouring pairs that stand close together in the sentence


NO_SENTENCE = NearMiss(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The best sentence, and what stands around it."""

    sentence: str
    chunk: str


def compare(question: str, found: Surroundings, analyzer: Analyzer) -> NearMiss:
    """Set a question and the sentence that holds most of its words side by side."""
    asked, said = words(question), words(found.sentence)
    if not asked:
        return NO_SENTENCE
    stems, sentence_stems = analyzer.stems(asked), analyzer.stems(said)
    return NearMiss(
        denies=float(_negates(asked) and not _negates(said)),
        opposites=float(_count_opposites(asked, said, found.chunk)),
        lacks_answer=float(lacks_kind_of_answer(question, found.sentence)),
        names_missing=float(_count_missing_names(question, found.chunk, analyzer)),
        in_order=_longest_common_subsequence(stems, sentence_stems) / len(stems),
        side_by_side=_side_by_side(analyzer.terms(question), analyzer.terms(found.sentence)),
    )


def _negates(sentence: Sequence[str]) -> bool:
    return any(word in _NEGATIONS or word.endswith("n't") for word in sentence)


def _count_opposites(asked: Sequence[str], said: Collection[str], chunk: str) -> int:
    candidates = [word for word in set(asked) if word in OPPOSITES and not OPPOSITES[word].isdisjoint(said)]
    if not candidates:
        return 0
    held = set(words(chunk))
    return sum(word not in held for word in candidates)


def _count_missing_names(question: str, chunk: str, analyzer: Analyzer) -> int:
    names = {name for written in CAPITALISED.findall(question) for name in written_words(written) if name != "I"}
    if not names:
        return 0
    held = set(analyzer.stems(words(chunk)))
    return sum(held.isdisjoint(analyzer.stems(words(name))) for name in names)


def _longest_common_subsequence(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words stand in both in the same order: a row of the usual table at a time, as bits of one number.

    Source: Hyyrö, "Bit-parallel LCS-length computation revisited", AWOCA 2004.
    """
    places: dict[str, int] = {}
    for place, word in enumerate(other):
        places[word] = places.get(word, 0) | 1 << place
    everywhere = row = (1 << len(other)) - 1
    for word in one:
        matched = row & places.get(word, 0)
        row = ((row + matched) | (row - matched)) & everywhere
    return len(other) - row.bit_count()


def _side_by_side(asked: Sequence[str], said: Sequence[str]) -> float:
    pairs = list(pairwise(asked))
    if not pairs:
        return 0.0
    places: dict[str, list[int]] = {}
    for place, term in enumerate(said):
        places.setdefault(term, []).append(place)
    near = sum(
        any(0 < abs(p - q) <= _SIDE_BY_SIDE for p in places.get(a, ()) for q in places.get(b, ())) for a, b in pairs
    )
    return near / len(pairs)
