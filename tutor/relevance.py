"""Which sentences of a chunk speak to the query: IDF-weighted share of the query's words that a sentence holds."""

import math
from collections.abc import Iterable, Sequence

from corpus.types import Chunk, Span
from index.analysis import Analyzer, words
from index.types import Vocabulary


class SentenceRelevance:
    """Scores sentences against one query.

    A word weighs ``ln(1 + n_chunks / df)`` (inverse document frequency), so that the words that tell chunks apart
    decide; words the course lacks weigh nothing, since no sentence can hold them.
    """

    def __init__(self, query: str, vocabulary: Vocabulary, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._weights: dict[str, float] = {}
        for word in words(query):
            frequency = vocabulary.document_frequency.get(word, 0)
            weight = math.log1p(vocabulary.n_chunks / frequency) if frequency else 0.0
            for stem in analyzer.terms(word):
                self._weights[stem] = max(weight, self._weights.get(stem, 0.0))
        self._total = math.fsum(self._weights.values())
        self._shares: dict[frozenset[str], float] = {}  # most runs of sentences hold what another one holds

    def of(self, text: str) -> float:
        """Share of the query's weight that ``text`` holds, 0 to 1."""
        return self._share(self._held(text))

    def best_run(
        self,
        chunk: Chunk,
        sentences: Iterable[Span],
        *,
        max_sentences: int,
        max_chars: int,
        form: Sequence[float] = (),
    ) -> Span:
        """The run of neighbouring sentences that holds most of the query; the earliest, shortest one of equals.

        A sentence more must bring at least a tenth of the query's weight: a quote is not a page.

        Args:
            chunk: Where the sentences stand.
            sentences: To choose from.
            max_sentences: Of a run.
            max_chars: Of a run of several sentences.
            form: How well each sentence tells by its form; a run is worth what its sentences are on average.
        """
        spans = tuple(sentences)
        form = form or [0.0] * len(spans)
        start = chunk.char_start
        held = [self._held(chunk.text[span.char_start - start : span.char_end - start]) for span in spans]
        best, best_value = spans[0], -1.0
        for first, opening in enumerate(spans):
            together: frozenset[str] = frozenset()
            for n_extra, last in enumerate(spans[first : first + max_sentences]):
                if n_extra and last.char_end - opening.char_start > max_chars:
                    break
                together |= held[first + n_extra]
                its_form = sum(form[first : first + n_extra + 1]) / (n_extra + 1)
                value = self._share(together) + its_form - 0.1 * n_extra - 0.001 * first
                if value > best_value + 1e-9:
                    best, best_value = Span(opening.char_start, last.char_end), value
        return best

    def _held(self, text: str) -> frozenset[str]:
        return frozenset(self._weights.keys() & self._analyzer.terms(text))

    def _share(self, stems: frozenset[str]) -> float:
        if (share := self._shares.get(stems)) is None:
            # Exactly rounded: the order of a set differs from process to process, and an answer must not.
            share = math.fsum(self._weights[stem] for stem in stems) / self._total if self._total else 0.0
            self._shares[stems] = share
        return share
