"""Which sentences of a chunk speak to the query: IDF-weighted share of the query's words that a sentence holds."""

import math
from collections.abc import Iterable

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
        self._total = sum(self._weights.values())

    def of(self, text: str) -> float:
        """Share of the query's weight that ``text`` holds, 0 to 1."""
        if not self._total:
            return 0.0
        return sum(self._weights.get(stem, 0.0) for stem in set(self._analyzer.terms(text))) / self._total

    def best_run(self, chunk: Chunk, sentences: Iterable[Span], *, max_sentences: int, max_chars: int) -> Span:
        """The run of neighbouring sentences that holds most of the query; the earliest, shortest one of equals.

        A sentence more must bring at least a tenth of the query's weight: a quote is not a page.
        """
        spans = tuple(sentences)
        best, best_value = spans[0], -1.0
        for first, opening in enumerate(spans):
            for last in spans[first : first + max_sentences]:
                run = Span(opening.char_start, last.char_end)
                n_extra = sum(1 for span in spans[first + 1 :] if span.char_end <= run.char_end)
                if n_extra and run.char_end - run.char_start > max_chars:
                    break
                text = chunk.text[run.char_start - chunk.char_start : run.char_end - chunk.char_start]
                value = self.of(text) - 0.1 * n_extra - 0.001 * first
                if value > best_value + 1e-9:
                    best, best_value = run, value
        return best
