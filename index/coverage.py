"""How much of a question some chunks hold, word by word: the lexical side of "does the course answer this?"."""

from dataclasses import dataclass

import numpy as np

from index.course_tables import CourseTables
from index.term_table import Floats, Matches
from index.types import Ints

_PER_PLACE = 0.02  # a sentence of a chunk ranked one place lower must hold this much more to be the best


@dataclass(frozen=True, slots=True)
class BestSentence:
    """The sentence that holds most of a question."""

    chunk: int  # which of the chunks looked at, from 0
    sentence: int  # which of the chunk's sentences, from 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shares of a question's words, weighted by IDF, so that the rare word that is missing counts; each in [0, 1]."""

    first: float  # held by the best-ranked chunk
    together: float  # held by any of the chunks looked at
    sentence: float  # held by the best single sentence of them
    unknown: float  # held by no chunk of the course
    heaviest_missing: float  # of the one word, among those that no chunk looked at holds, that weighs most
    best: BestSentence | None  # headings left out; None when no sentence holds any of the words


def coverage(query: str, rows: Ints, tables: CourseTables) -> Coverage:
    """Compare a question with chunks.

    Args:
        query: The question.
        rows: The chunks, best-ranked first.
        tables: The course's.
    """
    terms = list(dict.fromkeys(tables.analyzer.terms(query)))
    if not terms or not len(rows):
        return Coverage(0.0, 0.0, 0.0, 0.0, 0.0, None)
    weights = tables.terms.weights(terms)
    share = weights / max(float(weights.sum()), 1e-9)
    found = tables.terms.match(terms, rows)
    held = found.in_chunks(len(rows), len(terms)) > 0
    together = held.any(axis=0)
    unknown = [number for number, term in enumerate(terms) if not tables.terms.knows(term)]
    best_share, best = _best_sentence(found, share, tables.terms.headings[rows].astype(np.int64))
    return Coverage(
        first=float(share[held[0]].sum()),
        together=float(share[together].sum()),
        sentence=best_share,
        unknown=float(share[unknown].sum()),
        heaviest_missing=float(share[~together].max(initial=0.0)),
        best=best,
    )


def _best_sentence(found: Matches, share: Floats, headings: Ints) -> tuple[float, BestSentence | None]:
    """The largest share that one sentence or heading holds, and the best sentence that is no heading."""
    if not len(found.term):
        return 0.0, None
    in_sentences, begins = found.in_sentences(len(share))
    held = in_sentences @ share
    chunk = found.chunk[begins]
    in_chunk = found.sentence[begins] - headings[chunk] - 1  # -1 is the heading
    value = np.where(in_chunk < 0, -1.0, held - _PER_PLACE * chunk)
    best = int(value.argmax())
    return float(held.max()), BestSentence(int(chunk[best]), int(in_chunk[best])) if in_chunk[best] >= 0 else None
