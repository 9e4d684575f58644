"""Which terms stand where in a course: for every chunk its terms in order, sentence by sentence, heading first.

Held as flat arrays, so that the few dozen candidates of a query are compared with its words in one go.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from corpus.types import Chunk
from index.analysis import Analyzer, with_parts, words
from index.types import Ints

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Matches:
    """Where the terms of one query stand in some chunks; one entry per matching place, in text order."""

    place: Ints  # number of the token among those of all the chunks looked at
    chunk: Ints  # which of the chunks, from 0
    sentence: Ints  # number of the sentence in the course
    term: Ints  # which of the query's terms, from 0


@dataclass(frozen=True, slots=True)
class TermTable:
    """The terms of all chunks of a course."""

    numbers: dict[str, int]  # term -> its number
    idf: Floats  # (n_terms,), ln(1 + (N - df + .5) / (df + .5)), as in BM25
    unknown_idf: float  # the weight of a term that no chunk holds
    tokens: NDArray[np.int32]  # (n_tokens,), term numbers of all chunks one after another
    sentences: NDArray[np.int32]  # (n_tokens,), the number of the sentence each token stands in
    starts: Ints  # (n_chunks + 1,), where each chunk's tokens start
    headings: Ints  # (n_chunks,), the number of the sentence that is each chunk's heading; its own sentences follow

    @classmethod
    def build(cls, chunks: Sequence[Chunk], analyzer: Analyzer) -> Self:
        """Read every chunk once; a second or less for a textbook."""
        numbering = _Numbering(analyzer)
        tokens: list[int] = []
        sentences: list[int] = []
        starts = [0]
        headings: list[int] = []
        n_sentences = 0
        for chunk in chunks:
            headings.append(n_sentences)
            for text in (heading_text(chunk), *_sentence_texts(chunk)):
                found = numbering.read(text)
                tokens += found
                sentences += [n_sentences] * len(found)
                n_sentences += 1
            starts.append(len(tokens))
        flat = np.array(tokens, dtype=np.int32)
        edges = np.array(starts, dtype=np.int64)
        idf, unknown_idf = _inverse_document_frequency(flat, edges, len(numbering.numbers))
        return cls(
            numbers=numbering.numbers,
            idf=idf,
            unknown_idf=unknown_idf,
            tokens=flat,
            sentences=np.array(sentences, dtype=np.int32),
            starts=edges,
            headings=np.array(headings, dtype=np.int64),
        )

    def weights(self, terms: Sequence[str]) -> Floats:
        """The IDF of each of a query's terms, (n_terms of the query,)."""
        return np.array(
            [self.idf[self.numbers[term]] if term in self.numbers else self.unknown_idf for term in terms],
            dtype=np.float32,
        )

    def match(self, terms: Sequence[str], rows: Ints) -> Matches:
        """Find a query's terms, each given once, in the chunks ``rows``."""
        lengths = self.starts[rows + 1] - self.starts[rows]
        own = np.repeat(np.arange(len(rows)), lengths)
        first = np.repeat(self.starts[rows] - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
        where = np.arange(len(own)) + first
        number_in_query = np.full(len(self.numbers) + 1, -1, dtype=np.int64)
        for number, term in enumerate(terms):
            if term in self.numbers:
                number_in_query[self.numbers[term]] = number
        term = number_in_query[self.tokens[where]]
        hits = np.flatnonzero(term >= 0)
        return Matches(hits, own[hits], self.sentences[where[hits]].astype(np.int64), term[hits])


def distinct(numbers: Ints, end: int) -> Ints:
    """The distinct ones of some numbers below ``end``, ascending: for a small ``end`` faster than sorting them."""
    occurs = np.zeros(end, dtype=np.bool_)
    occurs[numbers] = True
    return np.flatnonzero(occurs)


def heading_text(chunk: Chunk) -> str:
    """What a chunk goes by: the term it defines, else the heading it stands under."""
    return chunk.term or (chunk.heading_path[-1] if chunk.heading_path else chunk.document_title)


def _sentence_texts(chunk: Chunk) -> Iterable[str]:
    for span in chunk.sentences:
        yield chunk.text[span.char_start - chunk.char_start : span.char_end - chunk.char_start]


class _Numbering:
    """Numbers terms in the order they are met, and looks each word's stem up only once."""

    def __init__(self, analyzer: Analyzer) -> None:
        self.numbers: dict[str, int] = {}
        self._analyzer = analyzer
        self._of_word: dict[str, list[int]] = {}

    def read(self, text: str) -> list[int]:
        found: list[int] = []
        for word in words(text):
            numbers = self._of_word.get(word)
            if numbers is None:
                numbers = self._of_word[word] = [
                    self.numbers.setdefault(term, len(self.numbers))
                    for part in with_parts(word)
                    for term in self._analyzer.terms(part)
                ]
            found += numbers
        return found


def _inverse_document_frequency(tokens: NDArray[np.int32], starts: Ints, n_terms: int) -> tuple[Floats, float]:
    n_chunks = len(starts) - 1
    chunk = np.repeat(np.arange(n_chunks, dtype=np.int64), np.diff(starts))
    pairs = np.unique(chunk * max(n_terms, 1) + tokens)
    df = np.bincount(pairs % max(n_terms, 1), minlength=n_terms)
    idf = np.log1p((n_chunks - df + 0.5) / (df + 0.5)).astype(np.float32)
    return idf, float(np.log1p((n_chunks + 0.5) / 0.5))
