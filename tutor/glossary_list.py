"""The course's glossary as an answer: which definitions to list, of the whole course, a chapter of it or a topic."""

from collections.abc import Iterator

from index.course_index import CourseIndex
from index.types import ScoredChunk, Signals, Vector
from tutor.chapters import numbered_part, stands_in
from tutor.types import Query

MAX_LISTED = 12  # definitions of a sentence each: about a minute of reading
_DEPTH = 200  # chunks among which the definitions of a topic are sought
_NEAR = 0.6  # of the best definition's similarity: what is less near is of another topic; not tuned
NOT_LOOKED_AT = Signals(dense=0.0, sentence=0.0, lexical=0.0, glossary=0.0)


def asks_for_whole_glossary(query: Query) -> bool:
    """Whether the glossary is wanted, of no topic: then no evidence needs to be weighed."""
    return query.intent == "glossary" and (not query.subject or numbered_part(query.subject) is not None)


def listed_definitions(query: Query, index: CourseIndex, query_vector: Vector) -> tuple[ScoredChunk, ...]:
    """The definitions to list, in the order to list them; empty when the course has none of that kind.

    One definition a term, its best. The course's own glossary is listed where there is one; definitions found in
    running text only where there is none.
    """
    if not asks_for_whole_glossary(query):
        return _of_topic(query.used, index, query_vector)
    best = [index.chunk(entry.chunk_ids[0]) for entry in index.glossary.entries]
    numbered = numbered_part(query.subject)
    chosen = [chunk for chunk in best if numbered is None or stands_in(chunk, numbered)]
    listed = [chunk for chunk in chosen if chunk.found_by != "prose"] or chosen
    return tuple(ScoredChunk(chunk, 1.0, rank, NOT_LOOKED_AT) for rank, chunk in enumerate(listed, start=1))


def _of_topic(topic: str, index: CourseIndex, query_vector: Vector) -> tuple[ScoredChunk, ...]:
    ranking = index.retrieve(topic, top_k=_DEPTH, query_vector=query_vector)
    found = [item for item in ranking if item.chunk.kind == "definition"]
    nearest = max((item.signals.dense for item in found), default=0.0)
    near = (item for item in found if item.signals.dense >= _NEAR * nearest or item.signals.glossary >= 1.0)
    return tuple(_once_a_term(near))


def _once_a_term(items: Iterator[ScoredChunk]) -> Iterator[ScoredChunk]:
    seen: set[str] = set()
    for item in items:
        term = item.chunk.term.casefold()
        if term not in seen:
            seen.add(term)
            yield item
