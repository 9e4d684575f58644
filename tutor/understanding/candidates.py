"""What a word that the course lacks may have been meant to be: the course's own words that lie a slip or two away."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from symspellpy import SymSpell, Verbosity

from index.analysis import Analyzer
from index.types import Vocabulary
from tutor.understanding.edits import edit_cost
from tutor.understanding.words import ASKING_WORDS, FUNCTION_WORDS, word_set

_SHORTEST_TARGET = 3
_MAX_CANDIDATES = 6
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_COMMONNESS = 0.04  # what each doubling of a candidate's document frequency is worth; not tuned

# British and American spelling of one word, so that a learner from either side finds the course's.
_VARIANTS = (
    ("isation", "ization"), ("ising", "izing"), ("ised", "ized"), ("iser", "izer"), ("ise", "ize"), ("yse", "yze"),
    ("ysing", "yzing"), ("our", "or"), ("ae", "e"), ("oe", "e"), ("tre", "ter"), ("bre", "ber"), ("ogue", "og"),
    ("lled", "led"), ("lling", "ling"), ("eller", "eler"), ("ence", "ense"), ("mme", "m"), ("sulph", "sulf"),
    ("practis", "practic"),
)  # fmt: skip

# Prefixes that turn a word into its opposite or neighbour: "hypernatremia" is no slip for "hyponatremia".
_PREFIXES = (
    "hyper",
    "hypo",
    "inter",
    "intra",
    "extra",
    "endo",
    "exo",
    "ecto",
    "epi",
    "peri",
    "ante",
    "anti",
    "pre",
    "pro",
    "post",
    "sub",
    "super",
    "supra",
    "infra",
    "ab",
    "ad",
    "un",
    "in",
    "im",
    "non",
    "de",
    "re",
    "dis",
    "mono",
    "poly",
    "uni",
    "bi",
    "tri",
    "micro",
    "macro",
    "iso",
    "homo",
    "hetero",
    "eu",
    "dys",
    "",
)
_ENDINGS = word_set("""
    a ae al an ar ary ate ation ed en er ers ery es i ia ial iac ic ical ics ide ides ies in ine ing ins ion ions is
    ise ism ist ists ite ites itis ity ive ize ly oid ol ose osis ous um us y
    """)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word of the course that may have been meant."""

    word: str
    stem: str
    cost: float  # of the slips that lead to it
    rank: float  # the cost, less a little for words the course uses often; smaller is likelier


class CandidateFinder:
    """Finds candidates by symmetric deletion (SymSpell) over the words of one course; read-only once built."""

    def __init__(self, vocabulary: Vocabulary, analyzer: Analyzer) -> None:
        frequency: Mapping[str, int] = vocabulary.document_frequency
        targets = [word for word in frequency if len(word) >= _SHORTEST_TARGET and word.isalpha()]
        targets += [
            w for w in sorted(FUNCTION_WORDS | ASKING_WORDS) if len(w) > 3 and w.isalpha() and w not in frequency
        ]
        self._frequency = frequency
        self._stem_of = MappingProxyType(dict(zip(targets, analyzer.stems(targets), strict=True)))
        self._analyzer = analyzer
        self._known_stems = frozenset(self._stem_of.values())
        self._speller = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
        for word in targets:
            self._speller.create_dictionary_entry(word, 1 + frequency.get(word, 0))

    def find(self, word: str, *, max_distance: int) -> list[Candidate]:
        """The likeliest words within ``max_distance`` slips, cheapest first; other forms of ``word`` left out."""
        # CLOSEST gives the words at the least distance only, the course's most frequent first.
        near = self._speller.lookup(word, Verbosity.CLOSEST, max_edit_distance=max_distance)
        found = []
        for suggestion in near[: 2 * _MAX_CANDIDATES]:
            target = suggestion.term
            if not is_other_form(word, target):
                cost = edit_cost(word, target)
                commonness = _COMMONNESS * math.log2(1 + self._frequency.get(target, 0))
                found.append(Candidate(target, self._stem_of[target], cost, cost - min(commonness, 0.3)))
        found.sort(key=lambda candidate: (candidate.rank, candidate.word))
        return found[:_MAX_CANDIDATES]

    def variant(self, word: str) -> Candidate | None:
        """The course's spelling of ``word`` on the other side of the Atlantic, if it has one."""
        spellings = [other for other in _other_spellings(word) if len(other) > 3]
        for other, stem in zip(spellings, self._analyzer.stems(spellings), strict=True):
            if stem in self._known_stems:
                return Candidate(other, stem, 0.0, 0.0)
        return None


def is_other_form(word: str, other: str) -> bool:
    """Whether two words differ by a meaningful prefix or ending only, so that neither is a slip for the other."""
    return _differ_by_prefix(word, other) or _differ_by_ending(word, other)


def _differ_by_ending(word: str, other: str) -> bool:
    shared = _shared_letters(word, other)
    if shared < 4 or word[-1] == other[-1]:  # "artifical", "ovariies": the ending itself is as it should be
        return False
    return word[shared:] in _ENDINGS and other[shared:] in _ENDINGS


def _differ_by_prefix(word: str, other: str) -> bool:
    shared = _shared_letters(word[::-1], other[::-1])
    for borrowed in range(min(2, shared) + 1):  # "hyper|..." and "hypo|..." may share the letters next to the seam
        rest = shared - borrowed
        if rest >= 4 and word[: len(word) - rest] in _PREFIXES and other[: len(other) - rest] in _PREFIXES:
            return True
    return False


def _shared_letters(word: str, other: str) -> int:
    """How many letters the two words have in common at their beginning."""
    return next((n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))


def one_slip_away(word: str) -> Iterator[str]:
    """Every string one deletion, transposition, substitution or insertion away.

    Source: Norvig, "How to write a spelling corrector", 2007.
    """
    for cut in range(len(word) + 1):
        head, tail = word[:cut], word[cut:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]


def _other_spellings(word: str) -> Iterator[str]:
    for british, american in _VARIANTS:
        if british in word:
            yield word.replace(british, american)
        if american in word and len(word) > 4:
            yield word.replace(american, british, 1)
