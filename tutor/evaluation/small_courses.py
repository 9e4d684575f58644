"""Small courses cut from a large one: the same questions, with the text that answers some of them left out.

Question sets have few near misses: questions on the course's own topic that its text does not answer. Leaving out
documents makes any number of them, and makes courses as small as a lesson, which textbooks are not.
"""

import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.analysis import Analyzer
from index.builder import lexical_text
from index.contents import Contents
from index.course_index import CourseIndex
from index.faiss_store import FaissStore
from index.lexical import LexicalIndex
from index.protocols import Embedder
from tutor.evaluation.question_set import Question

KEPT_SHARE = 0.6
MIN_DOCUMENTS = 8
N_OTHER_TOPICS = 10
MAX_ASKED = 120  # of one course: a large one would otherwise outweigh all the small ones


@dataclass(frozen=True, slots=True)
class SmallCourse:
    """A part of a course and the questions about that part, answered or not."""

    index: CourseIndex
    questions: tuple[tuple[Question, bool], ...]  # a question and whether this part answers it


def cut_small_courses(
    index: CourseIndex, questions: Sequence[Question], embedder: Embedder, n_courses: int, *, seed: int = 0
) -> Iterator[SmallCourse]:
    """Cut courses of all sizes: part of some topics' documents each, with questions whose answer stood in those topics.

    Sizes are spread evenly on a logarithmic scale from a lesson's to most of the course's, so that what is fitted knows
    what size does. A question of which all accepted documents were left out is a near miss, and a few questions of
    other topics are to be refused as well; a question of which only some documents were left out is not asked, unless
    any of them will do.
    """
    chance = random.Random(seed)  # noqa: S311  (a reproducible sample, nothing secret)
    topics: dict[str, set[str]] = defaultdict(set)
    for chunk in index.chunks:
        topics[chunk.heading_path[0] if chunk.heading_path else ""].add(chunk.document_id)
    by_topic = [sorted(documents) for _, documents in sorted(topics.items())]
    largest = max(math.log(MIN_DOCUMENTS), math.log(KEPT_SHARE * len(index.documents)))
    for _ in range(n_courses):
        n_kept = int(math.exp(chance.uniform(math.log(MIN_DOCUMENTS), largest)))
        pool = _pool(by_topic, int(n_kept / KEPT_SHARE), chance)
        kept = set(chance.sample(pool, min(n_kept, len(pool))))
        elsewhere = [(question, False) for question in questions if not question.accepted & set(pool)]
        others = chance.sample(elsewhere, min(N_OTHER_TOPICS, len(elsewhere)))
        judged = list(_judged(questions, set(pool), kept))
        asked = (*chance.sample(judged, min(MAX_ASKED, len(judged))), *others)
        if asked:
            yield SmallCourse(_part(index, kept, embedder), asked)


def _pool(by_topic: Sequence[Sequence[str]], n_documents: int, chance: random.Random) -> list[str]:
    """Whole topics, drawn until there are ``n_documents``; the last one drawn is cut."""
    pool: list[str] = []
    for topic in chance.sample(by_topic, len(by_topic)):
        pool += chance.sample(topic, min(len(topic), n_documents - len(pool)))
        if len(pool) >= n_documents:
            break
    return pool


def _judged(questions: Sequence[Question], pool: set[str], kept: set[str]) -> Iterator[tuple[Question, bool]]:
    for question in questions:
        gold, accepted = set(question.gold), question.accepted
        if not gold or not gold & pool:
            continue
        if (gold <= kept) if question.match == "all" else (gold & kept):
            yield question, True
        elif not accepted & kept:
            yield question, False


def _part(index: CourseIndex, kept: set[str], embedder: Embedder) -> CourseIndex:
    rows = [row for row, chunk in enumerate(index.chunks) if chunk.document_id in kept]
    chunks = tuple(index.chunks[row] for row in rows)
    contents = Contents(
        documents=tuple(index.documents[document_id] for document_id in sorted(kept)),
        chunks=chunks,
        embedding_keys=tuple(chunk.chunk_id for chunk in chunks),
        vectors=FaissStore.from_matrix(index.vectors_of(chunks)),
        lexical=LexicalIndex.build([lexical_text(chunk) for chunk in chunks], Analyzer(index.manifest.language)),
    )
    manifest = replace(index.manifest, n_documents=len(kept), n_chunks=len(chunks), n_vectors=len(chunks))
    return CourseIndex(manifest, contents, embedder)
