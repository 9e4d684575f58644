"""Evidence: the ranking an answer is composed from, and the few chunks of it that are shown.

A question of several parts is retrieved part by part, and the rankings are dealt out in turn, so that no part is
crowded out by another.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from index.course_index import CourseIndex
from index.types import ScoredChunk, Vector
from tutor.glossary_list import MAX_LISTED, listed_definitions
from tutor.takeaway_list import MAX_TAKEAWAYS, asks_for_all_takeaways, listed_takeaways
from tutor.takeaway_topics import TakeawayTopics
from tutor.types import NearestSection, Query
from tutor.understanding.ordinals import items_wanted
from tutor.understanding.words import split_words

RANKING_DEPTH = 50
MAX_EVIDENCE = 5

# How close to the best a chunk must stand to be shown with it. Chosen on the bundled course's questions, where citation
# precision rises from .69 to .85 between shares .3 and .7 and recall falls by half a question in sixty.
SHOWN_SCORE_SHARE = 0.7
SHOWN_SIMILARITY_SHARE = 0.7

# How close to the best a chunk of the preferred document must stand to go before it. Not tuned: the share at which a
# chunk is shown beside the best.
PREFERRED_SCORE_SHARE = 0.7

_OVERVIEW = re.compile(r"\b(?:overview|summar\w+|sum up|recap|gist|nutshell|tl;?dr)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found for one query."""

    ranking: tuple[ScoredChunk, ...]  # best first, each chunk once
    leads: frozenset[str] = frozenset()  # ids of the best chunk of each part: always shown
    nearness: float = 0.0  # cosine of the query and the course as a whole
    n_listed: int = 0  # definitions that a request for the glossary finds, more than are shown
    n_takeaways: int = 0  # how many takeaways the course or the chapter has, when they are wanted as they stand
    n_shown: int = 0  # how many of them, at the head of the ranking, are to be shown


def gather(query: Query, index: CourseIndex, topics: TakeawayTopics, *, depth: int = RANKING_DEPTH) -> Evidence:
    """Rank the course's chunks for the query, part by part where it has parts."""
    missing = missing_parts(query)
    parts = [part for part in query.parts or query.compared if part not in missing]
    if query.intent in ("takeaways", "glossary") or len(parts) + len(missing) < 2:
        parts = []
    queries = (query.used, *parts)
    vectors = index.embed_queries(queries)
    nearness = index.nearness(vectors[0])
    if query.intent == "glossary" and (listed := listed_definitions(query, index, vectors[0])):
        return Evidence(_renumber(listed[:depth]), nearness=nearness, n_listed=len(listed))
    if asks_for_all_takeaways(query):
        return _all_takeaways(query, index, topics, vectors[0], nearness)

    def rank(place: int) -> tuple[ScoredChunk, ...]:
        return index.retrieve(queries[place], top_k=depth, query_vector=vectors[place])

    if not parts:
        whole = rank(0)
        if query.intent == "takeaways":
            return Evidence(_renumber(_takeaways_first(query, whole, topics))[:depth], nearness=nearness)
        return Evidence(whole, nearness=nearness)
    rankings = [rank(place) for place in range(1, len(queries))]
    leads = frozenset(ranking[0].chunk.chunk_id for ranking in rankings if ranking)
    # The parts of one question lean on each other, the things compared do not: the whole only fills up what they leave.
    if query.compared:
        rest = rank(0) if max(map(len, rankings)) < depth else ()
        dealt = _deal(rankings, rest)
    else:
        dealt = _deal([rank(0), *rankings], ())
    return Evidence(_renumber(dealt)[:depth], leads, nearness)


def choose(query: Query, evidence: Evidence) -> tuple[ScoredChunk, ...]:
    """The chunks to show: each part's best, and what stands close to the best of all."""
    ranking = evidence.ranking
    if not ranking:
        return ()
    if query.intent == "takeaways":
        takeaways = ranking[: min(evidence.n_shown, MAX_TAKEAWAYS)] or _shown_takeaways(query, ranking)
        if takeaways:
            return takeaways
    if evidence.n_listed:
        return ranking[:MAX_LISTED]
    leads = [item for item in ranking if item.rank == 1 or item.chunk.chunk_id in evidence.leads]
    best_score = max(item.score for item in leads)
    best_similarity = max(item.signals.dense for item in leads)
    close = [
        item
        for item in ranking[:MAX_EVIDENCE]
        if item not in leads
        and item.score >= SHOWN_SCORE_SHARE * best_score
        and item.signals.dense >= SHOWN_SIMILARITY_SHARE * best_similarity
    ]
    return tuple(sorted([*leads, *close][:MAX_EVIDENCE], key=lambda item: item.rank))


def prefer(evidence: Evidence, document_id: str) -> Evidence:
    """Put what stands in one document first, as far as it is about as good as the best there is.

    A learner who comes from a chapter wants its words, not those of a summary elsewhere; but what only
    another chapter answers is still answered from there.
    """
    if not evidence.ranking or evidence.n_shown:
        return evidence  # takeaways stand in the course's own order
    enough = PREFERRED_SCORE_SHARE * evidence.ranking[0].score
    ranking = sorted(evidence.ranking, key=lambda item: item.chunk.document_id != document_id or item.score < enough)
    return replace(evidence, ranking=_renumber(ranking))


def missing_parts(query: Query) -> tuple[str, ...]:
    """The compared things that have a word the course never uses: what an answer must name as not covered.

    One such word is enough: a course that teaches "deep learning" and has no "reinforcement" in it does not cover
    "reinforcement learning".
    """
    unknown = set(query.unknown_words)
    return tuple(part for part in query.compared if not unknown.isdisjoint(w.lower for w in split_words(part)))


def nearest_sections(
    ranking: Sequence[ScoredChunk], index: CourseIndex, *, limit: int = 3, but_not: frozenset[str] = frozenset()
) -> tuple[NearestSection, ...]:
    """The sections the best-ranked chunks stand in, each once; ``but_not`` holds chunk ids already shown."""
    seen = {(item.chunk.document_id, item.chunk.heading_path) for item in ranking if item.chunk.chunk_id in but_not}
    found: list[NearestSection] = []
    for item in ranking:
        key = (item.chunk.document_id, item.chunk.heading_path)
        if key not in seen:
            seen.add(key)
            start, end = _section_span(index, item)
            found.append(NearestSection(item.chunk.heading_path, item.chunk.document_id, start, end))
        if len(found) == limit:
            break
    return tuple(found)


def _section_span(index: CourseIndex, item: ScoredChunk) -> tuple[int, int]:
    start = item.chunk.char_start
    for section in index.documents[item.chunk.document_id].sections:
        if section.heading_path == item.chunk.heading_path and section.char_start <= start < section.char_end:
            return section.char_start, section.char_end
    return start, item.chunk.char_end


def _all_takeaways(
    query: Query, index: CourseIndex, topics: TakeawayTopics, query_vector: Vector, nearness: float
) -> Evidence:
    """The takeaways asked for, then whatever else is near; nothing where a chapter that is named has none."""
    listed, n_takeaways = listed_takeaways(query, index, topics)
    if not listed and query.subject:
        return Evidence((), nearness=nearness)
    known = {item.chunk.chunk_id for item in listed}
    whole = index.retrieve(query.used, top_k=RANKING_DEPTH, query_vector=query_vector)
    rest = [item for item in whole if item.chunk.chunk_id not in known]
    return Evidence(_renumber([*listed, *rest]), nearness=nearness, n_takeaways=n_takeaways, n_shown=len(listed))


def _takeaways_first(query: Query, whole: Sequence[ScoredChunk], topics: TakeawayTopics) -> list[ScoredChunk]:
    """Those of the topic that is named, its definitions, the other takeaways, the rest."""
    takeaways = [item for item in whole if item.chunk.kind == "takeaway"]
    others = [item for item in whole if item.chunk.kind != "takeaway"]
    of_topic = [item for item in takeaways if topics.of(item.chunk) in query.terms]
    definitions = [item for item in others if item.chunk.kind == "definition" and item.chunk.term in query.terms]
    listed = {item.chunk.chunk_id for item in (*of_topic, *definitions)}
    return [*of_topic, *definitions, *(i for i in (*takeaways, *others) if i.chunk.chunk_id not in listed)]


def _shown_takeaways(query: Query, ranking: Sequence[ScoredChunk]) -> tuple[ScoredChunk, ...]:
    leading = next((n for n, item in enumerate(ranking) if item.chunk.kind != "takeaway"), len(ranking))
    if _OVERVIEW.search(query.used):
        defines = (item.chunk.kind == "definition" and item.chunk.term in query.terms for item in ranking[leading:])
        leading += sum(1 for _ in takewhile(bool, defines))
    shown = tuple(ranking[: min(leading, MAX_EVIDENCE)])
    wanted = items_wanted(query.used)
    return shown if wanted is None else shown[wanted] or shown


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
    return tuple(item._replace(rank=rank) for rank, item in enumerate(items, start=1))
