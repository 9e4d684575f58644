"""How much of a question some chunks hold, word by word: the lexical side of "does the course answer this?"."""

from dataclasses import dataclass

import numpy as np

from index.ranking_features import CourseTables
from index.term_table import Ints


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shares of a question's words, weighted by IDF, so that the rare word that is missing counts; each in [0, 1]."""

    first: float  # held by the best-ranked chunk
    together: float  # held by any of the chunks looked at
    sentence: float  # held by the best single sentence of them
    unknown: float  # held by no chunk of the course


def coverage(query: str, rows: Ints, tables: CourseTables) -> Coverage:
    """Compare a question with chunks.

    Args:
        query: The question.
        rows: The chunks, best-ranked first.
        tables: The course's.
    """
    terms = list(dict.fromkeys(tables.analyzer.terms(query)))
    if not terms or not len(rows):
        return Coverage(0.0, 0.0, 0.0, 0.0)
    weights = tables.terms.weights(terms)
    share = weights / max(float(weights.sum()), 1e-9)
    found = tables.terms.match(terms, rows)
    in_first = np.unique(found.term[found.chunk == 0])
    unknown = [number for number, term in enumerate(terms) if term not in tables.terms.numbers]
    pairs = np.unique(np.stack([found.sentence, found.term]), axis=1)
    _, sentence = np.unique(pairs[0], return_inverse=True)
    by_sentence = np.bincount(sentence, weights=share[pairs[1]]) if len(sentence) else np.zeros(1)
    return Coverage(
        first=float(share[in_first].sum()),
        together=float(share[np.unique(found.term)].sum()),
        sentence=float(by_sentence.max()),
        unknown=float(share[unknown].sum()),
    )
