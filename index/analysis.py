"""Text becomes words and search terms. Knows the words of a language, nothing of documents, scores or queries."""

import functools
import re
import threading
import unicodedata
from collections.abc import Iterable
from itertools import chain

import Stemmer
from bm25s import stopwords

# A word is letters and digits, joined inside by hyphens or apostrophes: "u-net", "x-ray", "parkinson's", "covid-19".
_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")
_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc"), "'")
_SOFT_HYPHEN = {0xAD: None}
_TYPOGRAPHY = _HYPHENS | _APOSTROPHES | _SOFT_HYPHEN

# Question words and auxiliaries are stop words too: next to bm25s's shorter list that lifts nDCG@10 of BM25 by .013
# (squad2-dev), .024 (d2l), .033 (openstax-anatomy). Shards of contractions are not: "vitamin D", "T cell", "S phase".
_SHARDS = frozenset(["ain", "d", "ll", "m", "ma", "o", "re", "s", "t", "ve", "y"])
_ENGLISH_STOP_WORDS = tuple(word for word in stopwords.STOPWORDS_EN_PLUS if word not in _SHARDS)

# While a question is answered, half of the sentences read were read before: as candidates, as evidence, as a quote.
_REMEMBERED = 2_048  # of them, a few questions' worth; some 2 MB
_SENTENCE = 400  # characters: what is longer is being indexed, and read once
# Nearly every word of nearly every sentence was met before: to look it up takes a tenth of the time of reading it.
_WORDS_REMEMBERED = 16_384  # with the marks that stand beside them: most of a textbook's; some 4 MB
_LONGEST_WORD = 64  # characters, to be remembered: whatever else people write would fill hundreds of megabytes

_SNOWBALL = {
    "de": ("german", stopwords.STOPWORDS_GERMAN),
    "en": ("english", _ENGLISH_STOP_WORDS),
    "es": ("spanish", stopwords.STOPWORDS_SPANISH),
    "fr": ("french", stopwords.STOPWORDS_FRENCH),
    "it": ("italian", stopwords.STOPWORDS_ITALIAN),
    "nl": ("dutch", stopwords.STOPWORDS_DUTCH),
    "pt": ("portuguese", stopwords.STOPWORDS_PORTUGUESE),
    "ru": ("russian", stopwords.STOPWORDS_RUSSIAN),
    "sv": ("swedish", stopwords.STOPWORDS_SWEDISH),
}


def normalise(text: str) -> str:
    """Fold what only typography tells apart (NFKC, kinds of hyphen and apostrophe), keeping upper and lower case."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY)


def words(text: str) -> list[str]:
    """The words of a text, lower-cased as written; a possessive loses its "'s" and a hyphenated word stays whole."""
    text = normalise(text).lower()
    found: list[str] = _WORD.findall(text)
    return [word.removesuffix("'s") for word in found] if "'" in text else found


def written_words(text: str) -> list[str]:
    """The words of a text as ``words`` gives them, but in the case they were written in: "CNN" stays "CNN"."""
    return [word.removesuffix("'s").removesuffix("'S") for word in _WORD.findall(normalise(text))]


def with_parts(word: str) -> list[str]:
    """A hyphenated word, then its parts, so that "x-ray" and "x ray" find each other; any other word alone."""
    return [word, *word.split("-")] if "-" in word else [word]


class Analyzer:
    """Search terms of one language: words without stop words, stemmed by Snowball.

    An unknown language is neither stemmed nor stopped: its words still match exactly. Safe to share between threads.
    """

    def __init__(self, language: str = "en") -> None:
        self.language = language
        name, stop = _SNOWBALL.get(language, ("", ()))
        self._stop = frozenset(stop)
        self._stemmer = Stemmer.Stemmer(name, 0) if name else None  # 0: it need not remember words as well
        self._lock = threading.Lock()  # PyStemmer asks that a stemmer is not used by two threads at once
        self._stem = functools.lru_cache(_WORDS_REMEMBERED)(self._stem_anew)
        self._terms_of_written = functools.lru_cache(_WORDS_REMEMBERED)(self._read_written)
        self._terms_of_sentence = functools.lru_cache(_REMEMBERED)(self._read)

    def stems(self, plain_words: Iterable[str]) -> list[str]:
        """The stem of each lower-cased word, one for one; stop words too."""
        return [self._stem(word) if len(word) <= _LONGEST_WORD else self._stem_anew(word) for word in plain_words]

    def terms(self, text: str) -> list[str]:
        """What BM25 counts, in text order with repeats: stems of all words and of their parts, stop words left out."""
        return list(self._terms_of_sentence(text)) if len(text) <= _SENTENCE else self._read(text)

    def _read(self, text: str) -> list[str]:
        # No word reaches across a space, so what stands between two spaces is read once for all sentences.
        short, any_length = self._terms_of_written, self._read_written
        pieces = (short(one) if len(one) <= _LONGEST_WORD else any_length(one) for one in text.split())
        return list(chain.from_iterable(pieces))

    def _read_written(self, written: str) -> tuple[str, ...]:
        parts = chain.from_iterable(map(with_parts, words(written)))
        return tuple(self.stems(part for part in parts if part not in self._stop))

    def _stem_anew(self, word: str) -> str:
        if self._stemmer is None:
            return word
        with self._lock:
            stem: str = self._stemmer.stemWord(word)
        return stem
