"""Evidence: the ranking an answer is composed from, and the few chunks of it that are shown.

A question of several parts is retrieved part by part, and the rankings are dealt out in turn, so that no part is
crowded out by another.
"""

from collections.abc import Sequence
from dataclasses import replace

from index.course_index import CourseIndex
from index.types import ScoredChunk
from tutor.types import NearestSection, Query

RANKING_DEPTH = 100
MAX_EVIDENCE = 6
MAX_TAKEAWAYS = 12


def gather(query: Query, index: CourseIndex, *, depth: int = RANKING_DEPTH) -> tuple[ScoredChunk, ...]:
    """Rank the course's chunks for the query, best first; each chunk once."""
    whole = index.retrieve(query.used, top_k=depth)
    if query.intent == "takeaways":
        return _renumber(_takeaways_first(query, whole, index))
    parts = query.parts or query.compared
    if len(parts) < 2:
        return whole
    return _renumber(_deal([index.retrieve(part, top_k=depth) for part in parts], whole))[:depth]


def choose(query: Query, ranking: Sequence[ScoredChunk]) -> tuple[ScoredChunk, ...]:
    """The chunks to show: those that stand close to the best, or each part's best for a question of several parts."""
    if not ranking:
        return ()
    if query.intent == "takeaways" and not query.terms:
        takeaways = [item for item in ranking if item.chunk.kind == "takeaway"]
        return tuple(takeaways[:MAX_TAKEAWAYS]) or tuple(ranking[:MAX_EVIDENCE])
    n_parts = max(1, len(query.parts or query.compared))
    best = max(item.signals.dense for item in ranking[:n_parts])
    chosen = [
        item
        for item in ranking[: MAX_EVIDENCE + n_parts]
        if item.rank <= n_parts or item.signals.glossary >= 1.0 or item.signals.dense >= 0.85 * best
    ]
    return tuple(chosen[:MAX_EVIDENCE])


def missing_parts(query: Query) -> tuple[str, ...]:
    """The compared things whose every word the course lacks: what an answer must name as not covered."""
    unknown = {word.casefold() for word in query.unknown_words}
    return tuple(part for part in query.compared if unknown.issuperset(part.casefold().split()))


def nearest_sections(
    ranking: Sequence[ScoredChunk], index: CourseIndex, *, limit: int = 3, but_not: frozenset[str] = frozenset()
) -> tuple[NearestSection, ...]:
    """The sections the best-ranked chunks stand in, each once; ``but_not`` holds chunk ids already shown."""
    found: dict[tuple[str, tuple[str, ...]], NearestSection] = {}
    shown = {(i.chunk.document_id, i.chunk.heading_path) for i in ranking if i.chunk.chunk_id in but_not}
    for item in ranking:
        chunk = item.chunk
        key = (chunk.document_id, chunk.heading_path)
        if key in found or key in shown:
            continue
        start, end = _section_span(index, item)
        found[key] = NearestSection(chunk.heading_path, chunk.document_id, start, end)
        if len(found) == limit:
            break
    return tuple(found.values())


def _section_span(index: CourseIndex, item: ScoredChunk) -> tuple[int, int]:
    for section in index.documents[item.chunk.document_id].sections:
        if section.heading_path == item.chunk.heading_path and section.char_start <= item.chunk.char_start < (
            section.char_end
        ):
            return section.char_start, section.char_end
    return item.chunk.char_start, item.chunk.char_end


def _takeaways_first(query: Query, whole: Sequence[ScoredChunk], index: CourseIndex) -> list[ScoredChunk]:
    """Takeaways before the rest; all of them in the course's own order when no topic is named and they are few."""
    takeaways = [item for item in whole if item.chunk.kind == "takeaway"]
    others = [item for item in whole if item.chunk.kind != "takeaway"]
    if not query.terms and len(takeaways) <= MAX_TAKEAWAYS:
        order = {chunk.chunk_id: number for number, chunk in enumerate(index.chunks)}
        takeaways.sort(key=lambda item: order[item.chunk.chunk_id])
    return [*takeaways, *others]


def _deal(rankings: Sequence[Sequence[ScoredChunk]], rest: Sequence[ScoredChunk]) -> list[ScoredChunk]:
    """The best of each ranking in turn, then the second of each ..., then ``rest``; each chunk once."""
    dealt: dict[str, ScoredChunk] = {}
    for place in range(max(map(len, rankings), default=0)):
        for ranking in rankings:
            if place < len(ranking):
                dealt.setdefault(ranking[place].chunk.chunk_id, ranking[place])
    for item in rest:
        dealt.setdefault(item.chunk.chunk_id, item)
    return list(dealt.values())


def _renumber(items: Sequence[ScoredChunk]) -> tuple[ScoredChunk, ...]:
    return tuple(replace(item, rank=rank) for rank, item in enumerate(items, start=1))
