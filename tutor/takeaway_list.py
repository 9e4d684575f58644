"""The course's takeaways as an answer: of the whole course, of a numbered chapter, or some of them by their place."""

import re
from collections.abc import Sequence

from corpus.types import Chunk
from index.course_index import CourseIndex
from index.types import ScoredChunk
from tutor.chapters import numbered_part, stands_in
from tutor.glossary_list import NOT_LOOKED_AT
from tutor.takeaway_topics import TakeawayTopics
from tutor.types import Query
from tutor.understanding.ordinals import items_wanted

MAX_TAKEAWAYS = 12  # more than a course's summary has, fewer than a textbook's summaries

_HOW_MANY = re.compile(r"\bhow many\b", re.IGNORECASE)


def asks_for_all_takeaways(query: Query) -> bool:
    """Whether the takeaways of the course or a chapter are wanted, of no topic: then no evidence needs weighing."""
    if query.intent != "takeaways":
        return False
    return numbered_part(query.subject) is not None or not (query.subject or query.terms)


def counts_takeaways(query: Query) -> bool:
    """Whether the number of the course's takeaways matters to the answer: some of them are wanted, or their number."""
    numbered = items_wanted(query.used) is not None or _HOW_MANY.search(query.used) is not None
    return numbered and asks_for_all_takeaways(query)


def listed_takeaways(query: Query, index: CourseIndex, topics: TakeawayTopics) -> tuple[tuple[ScoredChunk, ...], int]:
    """The takeaways to show, in the course's own order, and how many there are of them.

    Those under a heading such as "Key takeaways" come first and are counted, where there are any. Of a textbook's
    hundreds the first of each document is shown, unless some are wanted by their place.
    """
    part = numbered_part(query.subject)
    found = [chunk for chunk in index.of_kind("takeaway") if part is None or stands_in(chunk, part)]
    listed = [chunk for chunk in found if topics.is_listed(chunk)]
    counted = listed or found
    if (wanted := items_wanted(query.used)) is not None:
        shown = counted[wanted] or counted  # there are only so many: then all of them
    elif len(found) > MAX_TAKEAWAYS and part is None:
        shown = _first_of_each_document(found)
    else:
        shown = [*listed, *(chunk for chunk in found if not topics.is_listed(chunk))]
    return tuple(ScoredChunk(chunk, 1.0, rank, NOT_LOOKED_AT) for rank, chunk in enumerate(shown, 1)), len(counted)


def _first_of_each_document(chunks: Sequence[Chunk]) -> list[Chunk]:
    first: dict[str, Chunk] = {}
    for chunk in chunks:
        first.setdefault(chunk.document_id, chunk)
    return list(first.values())
