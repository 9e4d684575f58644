"""The way of a question: understand, retrieve, decide, compose, cite. One tutor serves one course generation."""

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from index.course_index import CourseIndex
from index.types import ScoredChunk
from tutor import messages
from tutor.citing import Draft, cite
from tutor.composing import Wording, compose
from tutor.errors import QuestionTooLong
from tutor.evidence import Evidence, choose, gather, missing_parts, nearest_sections, prefer
from tutor.glossary_list import asks_for_whole_glossary
from tutor.refusal import RefusalModel, refusal_features, threshold_for
from tutor.relevance import SentenceRelevance
from tutor.takeaway_list import MAX_TAKEAWAYS, asks_for_all_takeaways, counts_takeaways
from tutor.takeaway_topics import TakeawayTopics
from tutor.telling import Blocks, Telling
from tutor.types import Answer, Citation, Consideration, Decision, Query, Statement, Turn
from tutor.understanding.knowledge import CourseKnowledge
from tutor.understanding.understand import understand
from tutor.unknown_names import discounted
from tutor.unsaid import Unsaid, about_the_rest, find_unsaid

_NEVER_ANSWERED = frozenset({"small_talk", "advice", "injection", "empty"})

_SURE = 0.99  # the course's own takeaways or terms were asked for and are there: nothing to weigh

Cited = tuple[tuple[Statement, ...], tuple[Citation, ...]]

T = TypeVar("T")


class _Stopwatch:
    """Milliseconds by stage, on the monotonic clock."""

    def __init__(self) -> None:
        self.started = time.perf_counter()
        self.timing_ms: dict[str, float] = {}

    def run(self, stage: str, work: Callable[[], T]) -> T:
        start = time.perf_counter()
        result = work()
        taken_ms = (time.perf_counter() - start) * 1000
        self.timing_ms[stage] = round(self.timing_ms.get(stage, 0.0) + taken_ms, 3)
        return result

    def stop(self) -> dict[str, float]:
        total = round((time.perf_counter() - self.started) * 1000, 3)
        return {**self.timing_ms, "total": total}


class Tutor:
    """Answers questions about one course from one index generation. Immutable, so any number of threads may ask.

    Args:
        index: The opened generation.
        max_question_chars: Longest question taken, in characters.
    """

    def __init__(self, index: CourseIndex, *, max_question_chars: int = 4000) -> None:
        self.index = index
        self.max_question_chars = max_question_chars
        self.knowledge = CourseKnowledge.of(index)
        self.topics = TakeawayTopics.of_index(index)
        self.blocks = Blocks(index.documents)
        self.refusal = RefusalModel.load()
        self.threshold = threshold_for(len(index.chunks))

    def understand(self, question: str, history: Sequence[Turn] = ()) -> Query:
        """Read a question as its learner meant it, without answering it."""
        return understand(question, history, self.knowledge)

    def ask(self, question: str, history: Sequence[Turn] = (), *, document_id: str = "") -> Answer:
        """Answer from the course text, or say that it does not say this.

        Args:
            question: As asked.
            history: The conversation so far, oldest first.
            document_id: The chapter the learner comes from, to be cited first; empty for none.

        Raises:
            QuestionTooLong: The question has more than ``max_question_chars`` characters.
        """
        return self.consider(question, history, document_id=document_id).answer

    def search(self, query: str, *, top_k: int = 10) -> tuple[ScoredChunk, ...]:
        """The ``top_k`` best chunks for a query, as they are, whether or not they answer anything."""
        return self.index.retrieve(query, top_k=top_k)

    def consider(self, question: str, history: Sequence[Turn] = (), *, document_id: str = "") -> Consideration:
        """Answer as ``ask`` does, and keep the ranking the answer was composed from.

        Raises:
            QuestionTooLong: The question has more than ``max_question_chars`` characters.
        """
        if len(question) > self.max_question_chars:
            raise QuestionTooLong(len(question), self.max_question_chars)
        watch = _Stopwatch()
        query = watch.run("understand", lambda: understand(question, history, self.knowledge))
        evidence = watch.run("retrieve", lambda: self._retrieve(query))
        decision = watch.run("decide", lambda: self._decide(query, evidence))
        if document_id:  # after the decision: where a learner comes from must not unlock an answer
            query, evidence = replace(query, document_id=document_id), prefer(evidence, document_id)
        chosen = choose(query, evidence) if decision.status != "not_in_course" else ()
        unsaid = find_unsaid(query, chosen, self.knowledge) if chosen else Unsaid()
        if unsaid:
            decision, chosen = replace(decision, status="partly"), about_the_rest(query, chosen, evidence)
        drafts = watch.run("compose", lambda: self._compose(query, evidence, chosen))
        cited = watch.run("cite", lambda: cite(drafts, self.index))
        answer = watch.run("compose", lambda: self._whole(query, evidence, decision, unsaid, cited))
        return Consideration(
            replace(answer, timing_ms=watch.stop()),
            evidence.ranking,
            decision,
            leads=evidence.leads,
            chosen=frozenset(item.chunk.chunk_id for item in chosen),
        )

    def _retrieve(self, query: Query) -> Evidence:
        return gather(query, self.index, self.topics) if query.used else Evidence(())

    def _decide(self, query: Query, evidence: Evidence) -> Decision:
        threshold = self.threshold
        none_known = bool(query.compared) and len(missing_parts(query)) == len(query.compared)
        if query.intent in _NEVER_ANSWERED or not evidence.ranking or none_known:
            return Decision(0.0, threshold, "not_in_course")
        if asks_for_all_takeaways(query) and evidence.ranking[0].chunk.kind == "takeaway":
            return Decision(_SURE, threshold, "answered")
        if evidence.n_listed and asks_for_whole_glossary(query):
            return Decision(_SURE, threshold, "answered")
        features = refusal_features(query, evidence, self.index, self.knowledge)
        probability = discounted(self.refusal.probability(features), query)
        if probability < threshold:
            return Decision(probability, threshold, "not_in_course", features.by_name())
        return Decision(probability, threshold, "answered", features.by_name())

    def _compose(self, query: Query, evidence: Evidence, chosen: Sequence[ScoredChunk]) -> Sequence[Draft]:
        relevance = SentenceRelevance(query.used, self.index.vocabulary, self.index.analyzer)
        wording = Wording(relevance, Telling(query, self.blocks), self.topics.antecedents)
        return compose(query, chosen, wording, evidence.leads)

    def _whole(self, query: Query, evidence: Evidence, decision: Decision, unsaid: Unsaid, cited: Cited) -> Answer:
        """The answer: what was cited, with what is near it and what is to be said beside it."""
        statements, citations = cited
        shown = frozenset(citation.chunk_id for citation in citations)
        # A glossary is read on where it stands, though some of it was shown.
        but_not = frozenset() if evidence.n_listed > len(statements) else shown
        nearest = nearest_sections(evidence.ranking, self.index, but_not=but_not)
        message = ""
        if decision.status == "not_in_course":
            message = messages.refusal(query, self.index.title, has_nearest=bool(nearest))
        elif decision.status == "partly":
            message = messages.partly(query, unsaid)
        elif evidence.n_takeaways and counts_takeaways(query):
            message = messages.takeaways_counted(evidence.n_takeaways, query.subject)
        elif evidence.n_takeaways > MAX_TAKEAWAYS and not query.subject:
            message = messages.takeaways_cut(evidence.n_takeaways)
        elif evidence.n_listed > len(statements):
            message = messages.glossary_cut(evidence.n_listed, len(statements), query.subject)
        return Answer(
            answer_id=uuid.uuid4().hex,
            status=decision.status,
            query=query,
            statements=statements,
            citations=citations,
            nearest=nearest,
            message=message,
            confidence=round(decision.probability, 4),
            generation=self.index.generation,
        )
