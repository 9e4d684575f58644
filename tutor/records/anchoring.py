"""Where a verified sentence stands now, word for word. A sentence that no longer stands anywhere is not shown.

Text before it may have come or gone, so its offsets are only where the search begins.
"""

import difflib
from collections.abc import Sequence
from dataclasses import replace

from corpus.types import Chunk, Document
from index.course_index import CourseIndex
from tutor.citing import Passage
from tutor.state.verified import VerifiedSpan, VerifiedStatement

ALIKE = 0.6  # difflib's ratio from which a sentence counts as another wording, as its authors advise


def anchor(span: VerifiedSpan, index: CourseIndex) -> VerifiedSpan | None:
    """The span at its place in this index; None where its words no longer stand, or stand in what is hidden."""
    document = index.documents.get(span.document_id)
    start = _place(span, document) if document is not None else None
    if start is None:
        return None
    end = start + len(span.quote)
    chunk = chunk_over(index, span.document_id, start, end, prefer=span.chunk_id)
    return VerifiedSpan(span.document_id, chunk.chunk_id, start, end, span.quote) if chunk is not None else None


def standing(statement: VerifiedStatement, index: CourseIndex) -> VerifiedStatement | None:
    """The statement at the places of this index that still say it; None where none does."""
    spans = tuple(found for span in statement.spans if (found := anchor(span, index)) is not None)
    return replace(statement, text=spans[0].quote, spans=spans) if spans else None


def passage_of(span: VerifiedSpan, index: CourseIndex) -> Passage:
    """An anchored span as the citing module takes it; one longer than its chunk is a chunk of its own, by that name."""
    chunk = index.chunk(span.chunk_id)
    if not (chunk.char_start <= span.char_start and span.char_end <= chunk.char_end):
        chunk = replace(chunk, text=span.quote, char_start=span.char_start, char_end=span.char_end, sentences=())
    return Passage(chunk, span.char_start, span.char_end)


def chunk_over(index: CourseIndex, document_id: str, start: int, end: int, *, prefer: str = "") -> Chunk | None:
    """The chunk that holds a span, else the one it begins in; None unless both its ends stand in chunks."""
    near = [chunk for chunk in index.chunks_in(document_id) if chunk.char_start < end and start < chunk.char_end]
    holding = [chunk for chunk in near if chunk.char_start <= start and end <= chunk.char_end]
    if holding:
        return min(holding, key=lambda chunk: (chunk.chunk_id != prefer, len(chunk.text), chunk.chunk_id))
    first = [chunk for chunk in near if chunk.char_start <= start]
    last = [chunk for chunk in near if end <= chunk.char_end]
    return min(first, key=lambda chunk: (len(chunk.text), chunk.chunk_id)) if first and last else None


def nearest_wording(statement: VerifiedStatement, index: CourseIndex, old_path: Sequence[str]) -> VerifiedSpan | None:
    """The sentence most like a statement that is gone: of the section it stood in, else of its document."""
    document_id = statement.spans[0].document_id
    chunks = index.chunks_in(document_id)
    same_section = [chunk for chunk in chunks if old_path and chunk.heading_path == tuple(old_path)]
    best, best_ratio = None, ALIKE
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(statement.text)
    for chunk in same_section or chunks:
        for span in chunk.sentences:
            text = chunk.text[span.char_start - chunk.char_start : span.char_end - chunk.char_start]
            matcher.set_seq1(text)
            if matcher.real_quick_ratio() > best_ratio and matcher.quick_ratio() > best_ratio:
                ratio = matcher.ratio()
                if ratio > best_ratio:
                    best = VerifiedSpan(document_id, chunk.chunk_id, span.char_start, span.char_end, text)
                    best_ratio = ratio
    return best


def _place(span: VerifiedSpan, document: Document) -> int | None:
    """Where the quote begins: at its old place, else at the place nearest to it."""
    if not span.quote:
        return None
    if document.text[span.char_start : span.char_end] == span.quote:
        return span.char_start
    before = document.text.rfind(span.quote, 0, span.char_start + len(span.quote))
    after = document.text.find(span.quote, span.char_start)
    places = [place for place in (before, after) if place >= 0]
    return min(places, key=lambda place: abs(place - span.char_start)) if places else None
