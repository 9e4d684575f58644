"""Which words are plausible English, though a course may lack them. Knows no course.

The list is the one that symspellpy ships: 82,834 words, British and American, Google Books n-gram counts intersected
with SCOWL, so that no common misspelling is among them.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from tutor.understanding.words import word_set

_EVERYDAY = 4000  # ranks by frequency; about the vocabulary of a young reader, not tuned
_PREFIXES = (
    "hyper",
    "hypo",
    "inter",
    "intra",
    "extra",
    "super",
    "supra",
    "infra",
    "under",
    "over",
    "anti",
    "non",
    "pre",
    "post",
    "sub",
    "trans",
    "multi",
    "micro",
    "macro",
    "auto",
    "neuro",
    "cardio",
    "bio",
    "semi",
    "pseudo",
    "counter",
    "un",
    "dis",
    "mis",
    "re",
    "de",
    "co",
    "in",
    "im",
)
_SUFFIXES = (
    "s",
    "es",
    "ed",
    "ing",
    "er",
    "ers",
    "or",
    "ors",
    "ly",
    "ness",
    "less",
    "ful",
    "able",
    "ment",
    "ments",
    "ize",
    "izes",
    "ized",
    "izing",
    "izer",
    "izers",
    "ization",
    "ise",
    "ised",
    "ising",
    "iser",
    "isation",
    "ist",
    "ists",
    "ism",
    "ity",
    "al",
    "ic",
    "ous",
    "like",
    "wise",
)
# Taught or talked about everywhere, yet younger than the list's sources or left out of them.
_NEWER = word_set("""
    app apps autoencoder autoencoders backprop bitcoin blockchain chatbot chatbots chatgpt crispr cryptocurrency
    covid deepfake dataset datasets eigenvalue eigenvector emoji facebook genomics google hashtag hyperparameter
    imagenet keras kubernetes leetcode metformin mindfulness mrna numpy openai pandas perceptron perceptrons
    proteomics pytorch ransomware smartphone softmax sigmoid subreddit tensorflow tiktok tokenizer twitter vaping
    webinar wifi wikipedia youtube zoom
    """)
_AFTER_SILENT_E = frozenset({"ed", "ing", "er", "ers", "or", "ors", "able", "ity", "ism", "ist", "ists"})
_SHORTEST_PART = 4
_COMMON_PART = 12_000  # rank of both halves of a plausible compound ("block" + "chain"); not tuned


class EnglishWords:
    """English words by how common they are; immutable.

    Args:
        counts: Each lower-cased word with how often it was seen; only the order of the counts matters.
    """

    def __init__(self, counts: Mapping[str, int]) -> None:
        by_count = sorted(counts, key=lambda word: (-counts[word], word))
        self._ranks: Mapping[str, int] = MappingProxyType({word: rank for rank, word in enumerate(by_count, start=1)})

    def __contains__(self, word: str) -> bool:
        return word in self._ranks or word in _NEWER

    def is_rare(self, word: str) -> bool:
        """Whether the lower-cased word is beyond the few thousand that every text shares, or no listed word at all."""
        return self._ranks.get(word, _EVERYDAY + 1) > _EVERYDAY

    def is_common(self, word: str, *, top: int = 20_000) -> bool:
        """Whether ``word`` is among the ``top`` most frequent words."""
        return self._ranks.get(word, top + 1) <= top

    def is_plausible(self, word: str) -> bool:
        """Whether ``word`` is listed, or is formed from listed words by an affix or by joining two common ones."""
        return word in self or self._is_derived(word) or self._is_compound(word)

    def _is_derived(self, word: str) -> bool:
        if any(word.startswith(p) and self._is_base(word[len(p) :]) for p in _PREFIXES):
            return True
        for suffix in _SUFFIXES:
            if word.endswith(suffix):
                base = word[: -len(suffix)]
                if self._is_base(base) or (suffix in _AFTER_SILENT_E and self._is_base(base + "e")):
                    return True
        return False

    def _is_base(self, word: str) -> bool:
        return len(word) >= _SHORTEST_PART and self.is_common(word, top=40_000)

    def _is_compound(self, word: str) -> bool:
        return any(
            self.is_common(word[:cut], top=_COMMON_PART) and self.is_common(word[cut:], top=_COMMON_PART)
            for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
        )


@lru_cache(maxsize=1)
def english_words() -> EnglishWords:
    """The packaged list, read once (about 0.1 s)."""
    listed = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig")
    counts: dict[str, int] = {}
    for line in listed.splitlines():
        word, _, count = line.partition(" ")
        counts[word] = int(count)
    return EnglishWords(counts)
