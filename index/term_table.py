"""Which terms stand where in a course: for every chunk its terms in order, sentence by sentence, heading first.

Held as flat arrays, so that the few dozen candidates of a query are compared with its words in one go.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from corpus.types import Chunk
from index.analysis import Analyzer, with_parts, words
from index.mapped_files import mapped_array
from index.types import Ints

Floats = NDArray[np.float32]
# (n, n_terms of the query), 1 where a text holds a term, else 0: times weights, it sums them.
Held = NDArray[np.float64]

_ARRAYS = ("df", "tokens", "sentences", "starts", "headings")
_TERMS = "terms.json"


@dataclass(frozen=True, slots=True)
class Matches:
    """Where the terms of one query stand in some chunks; one entry per matching place, in text order."""

    place: Ints  # number of the token among those of all the chunks looked at
    chunk: Ints  # which of the chunks, from 0
    sentence: Ints  # number of the sentence in the course
    term: Ints  # which of the query's terms, from 0

    def in_chunks(self, n_chunks: int, n_terms: int) -> Held:
        """Which chunk holds which term: (n_chunks, n_terms)."""
        held = np.zeros((n_chunks, n_terms))
        held[self.chunk, self.term] = 1.0
        return held

    def in_sentences(self, n_terms: int) -> tuple[Held, Ints]:
        """Which sentence holds which term, a row for each that holds one, in text order; and where each row begins."""
        begins = np.empty(len(self.sentence), np.bool_)
        begins[:1] = True
        np.not_equal(self.sentence[1:], self.sentence[:-1], out=begins[1:])
        held = np.zeros((np.count_nonzero(begins), n_terms))
        held[np.cumsum(begins) - 1, self.term] = 1.0
        return held, np.flatnonzero(begins)


@dataclass(frozen=True, slots=True, eq=False)
class TermTable:
    """The terms of all chunks of a course."""

    numbers: dict[str, int]  # term -> its number; terms of hidden chunks included
    df: NDArray[np.int32]  # (n_terms,), in how many chunks each occurs that are not hidden
    n_chunks: int  # that are not hidden
    tokens: NDArray[np.int32]  # (n_tokens,), term numbers of all chunks one after another
    sentences: NDArray[np.int32]  # (n_tokens,), the number of the sentence each token stands in
    starts: Ints  # (n_chunks + 1,), where each chunk's tokens start
    headings: NDArray[np.int32]  # (n_chunks,), the sentence that is each chunk's heading; its own sentences follow

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
        return cls(
            numbers=numbering.numbers,
            df=_document_frequency(flat, edges, len(numbering.numbers)),
            n_chunks=len(chunks),
            tokens=flat,
            sentences=np.array(sentences, dtype=np.int32),
            starts=edges,
            headings=np.array(headings, dtype=np.int32),
        )

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Map what ``save`` wrote.

        Raises:
            OSError, ValueError: If a file is missing or is not what ``save`` writes.
        """
        arrays = {name: mapped_array(folder / f"{name}.npy") for name in _ARRAYS}
        terms = json.loads((folder / _TERMS).read_bytes())
        numbers = dict(zip(terms, range(len(terms)), strict=True))
        return cls(numbers=numbers, n_chunks=len(arrays["headings"]), **arrays)

    def save(self, folder: Path) -> None:
        """Write to a new folder."""
        folder.mkdir(exist_ok=False)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)
        (folder / _TERMS).write_text(json.dumps(list(self.numbers), ensure_ascii=False), "utf-8")

    def without(self, hidden: Ints) -> Self:
        """The same as if some chunks were not there: their terms count less, or are known no longer."""
        lengths = self.starts[hidden + 1] - self.starts[hidden]
        tokens = self.tokens[runs(self.starts[hidden], lengths)]
        edges = np.concatenate(([0], np.cumsum(lengths)))
        df = self.df - _document_frequency(tokens, edges, len(self.df))
        return replace(self, df=df, n_chunks=self.n_chunks - len(hidden))

    def knows(self, term: str) -> bool:
        """Whether a chunk holds the term."""
        number = self.numbers.get(term)
        return number is not None and self.df[number] > 0

    def weights(self, terms: Sequence[str]) -> Floats:
        """The IDF of each of a query's terms, ln(1 + (N - df + .5) / (df + .5)) as in BM25: (n_terms of the query,)."""
        numbers = [self.numbers.get(term) for term in terms]
        df = np.array([0 if number is None else self.df[number] for number in numbers], dtype=np.int64)
        return np.log1p((self.n_chunks - df + 0.5) / (df + 0.5)).astype(np.float32)

    def match(self, terms: Sequence[str], rows: Ints) -> Matches:
        """Find a query's terms, each given once, in the chunks ``rows``."""
        lengths = self.starts[rows + 1] - self.starts[rows]
        own = np.repeat(np.arange(len(rows)), lengths)
        where = runs(self.starts[rows], lengths)
        term = self._numbers_in(terms)[self.tokens[where]]
        hits = np.flatnonzero(term >= 0)
        return Matches(hits, own[hits], self.sentences[where[hits]].astype(np.int64), term[hits].astype(np.int64))

    def among(self, terms: Sequence[str], numbers: NDArray[np.int32], owners: Ints) -> tuple[Ints, Ints]:
        """Which of a query's terms are among some numbers of terms: the owners of those that are, and the terms."""
        term = self._numbers_in(terms)[numbers]
        hits = np.flatnonzero(term >= 0)
        return owners[hits], term[hits].astype(np.int64)

    def _numbers_in(self, terms: Sequence[str]) -> NDArray[np.signedinteger[Any]]:
        """For each term of the course which of a query's it is; -1 for none."""
        # Two bytes each: eight would take longer to set than all the rest, in a large course.
        found: NDArray[np.signedinteger[Any]] = np.full(
            len(self.numbers) + 1, -1, dtype=np.int16 if len(terms) < 2**15 else np.int64
        )
        for number, term in enumerate(terms):
            if term in self.numbers:
                found[self.numbers[term]] = number
        return found


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


def runs(starts: Ints, lengths: Ints) -> Ints:
    """The numbers of several runs, one run after another."""
    before = np.cumsum(lengths) - lengths
    numbers: Ints = np.arange(int(lengths.sum())) + np.repeat(starts - before, lengths)
    return numbers


def _document_frequency(tokens: NDArray[np.int32], starts: Ints, n_terms: int) -> NDArray[np.int32]:
    """In how many of some chunks each term occurs; ``starts`` are the places where their tokens start, and the end."""
    chunk = np.repeat(np.arange(len(starts) - 1, dtype=np.int64), np.diff(starts))
    pairs = np.unique(chunk * max(n_terms, 1) + tokens)
    return np.bincount(pairs % max(n_terms, 1), minlength=n_terms).astype(np.int32)
