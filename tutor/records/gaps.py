"""What students ask and the course does not answer: refused questions by topic, shown once enough people asked.

A topic that few ask about is theirs, not the course's: it is counted and not shown, neither its words nor its number of
people. The words of a topic are the course's own, or words that enough people used.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from index.course_index import CourseIndex
from index.glossary import singular
from tutor.state.questions import QuestionRecord
from tutor.understanding.words import is_content, split_words

MIN_PEOPLE = 5  # R28; a deployment may ask for more, never for fewer
SAME_TOPIC = 0.6  # cosine of two topics' words from which they are one; not tuned
MAX_TOPICS = 500  # topics compared with each other; the rest, asked once or twice each, stay apart
_NO_GAP = frozenset({"small_talk", "advice", "injection", "empty"})


@dataclass(frozen=True, slots=True)
class Gap:
    """One topic that the course does not answer."""

    topic: str
    n_questions: int
    n_people: int
    document_id: str  # of the nearest section; empty when nothing is near
    heading_path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gaps:
    """The topics that may be shown, most asked first."""

    topics: tuple[Gap, ...]
    withheld: int  # questions of topics that too few people asked about
    min_people: int


@dataclass(slots=True)
class _Cluster:
    records: list[QuestionRecord] = field(default_factory=list)
    term: str = ""

    @property
    def people(self) -> set[str]:
        return {record.person_id for record in self.records if record.person_id}


def find_gaps(records: Iterable[QuestionRecord], index: CourseIndex, *, min_people: int = MIN_PEOPLE) -> Gaps:
    """Group refused questions by what they are about.

    Args:
        records: Questions of one course; those that were answered, or put to nobody, are left out.
        index: Of that course.
        min_people: How many people must have asked about a topic for it to be shown; at least ``MIN_PEOPLE``.
    """
    min_people = max(min_people, MIN_PEOPLE)
    refused = [r for r in records if r.status == "not_in_course" and r.intent not in _NO_GAP and r.query_used]
    clusters = _merged(_by_topic(refused), index)
    shown = [cluster for cluster in clusters if len(cluster.people) >= min_people]
    gaps = [_gap(cluster, min_people) for cluster in shown]
    gaps.sort(key=lambda gap: (-gap.n_people, -gap.n_questions, gap.topic))
    return Gaps(tuple(gaps), len(refused) - sum(gap.n_questions for gap in gaps), min_people)


def _by_topic(records: Iterable[QuestionRecord]) -> list[_Cluster]:
    """A cluster for each term, and for each set of content words where no term is named; largest first."""
    clusters: dict[tuple[str, ...], _Cluster] = defaultdict(_Cluster)
    for record in records:
        key = (
            ("term", record.terms[0])
            if record.terms
            else ("words", *sorted(_content(record.topic or record.query_used)))
        )
        clusters[key].records.append(record)
        clusters[key].term = record.terms[0] if record.terms else ""
    return sorted(clusters.values(), key=lambda cluster: -len(cluster.records))


def _merged(clusters: Sequence[_Cluster], index: CourseIndex) -> list[_Cluster]:
    """Join clusters whose words mean nearly the same, each to the largest before it that is near enough."""
    compared, rest = clusters[:MAX_TOPICS], clusters[MAX_TOPICS:]
    if not compared:
        return []
    vectors = np.stack(index.embed_queries([cluster.term or cluster.records[0].topic or "?" for cluster in compared]))
    merged: list[tuple[int, _Cluster]] = []
    for number, cluster in enumerate(compared):
        near = [(float(vectors[number] @ vectors[other]), place) for place, (other, _) in enumerate(merged)]
        best, place = max(near, default=(0.0, 0))
        # Two terms of the course are two topics, however near they are.
        if best >= SAME_TOPIC and not (cluster.term and merged[place][1].term):
            merged[place][1].records.extend(cluster.records)
            merged[place][1].term = merged[place][1].term or cluster.term
        else:
            merged.append((number, cluster))
    return [cluster for _, cluster in merged] + list(rest)


def _gap(cluster: _Cluster, min_people: int) -> Gap:
    places = Counter((r.about_document_id or "", r.about_path) for r in cluster.records)
    (document_id, path), _ = places.most_common(1)[0]
    topic = cluster.term or _shared_words(cluster, min_people) or (path[-1] if path else "other")
    return Gap(topic, len(cluster.records), len(cluster.people), document_id, path)


def _shared_words(cluster: _Cluster, min_people: int) -> str:
    """The content words that enough people used, in the order in which most used them first."""
    users: dict[str, set[str]] = defaultdict(set)
    for record in cluster.records:
        if record.person_id:
            for word in _content(record.query_used):
                users[word].add(record.person_id)
    shared = [word for word, people in users.items() if len(people) >= min_people]
    return " ".join(shared)


def _content(text: str) -> list[str]:
    words = (word.lower for word in split_words(text) if is_content(word.lower))
    return list(dict.fromkeys(singular(word) for word in words))
