"""One way to ask for every channel: the tutor's answer or a verified one, what to ask next, and the record of it.

The record is written behind the answer's back. A database that cannot be written costs the record, never the answer.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from tutor.errors import QuestionTooLong, QuoteNotFound
from tutor.observing import asks
from tutor.records.question_key import question_key
from tutor.records.receipts import Channel, Receipt, receipt_of
from tutor.records.recorder import Recorder, Write
from tutor.records.suggesting import Suggester
from tutor.records.verified_answers import in_its_place
from tutor.state import questions, verified
from tutor.state.courses import find_course
from tutor.state.database import Database
from tutor.state.questions import Asked, CitedSpan, QuestionRecord
from tutor.state.verified import VerifiedRecord
from tutor.tutor import Tutor
from tutor.types import Answer, Consideration, Turn
from tutor.understanding.conversation import subject_of

logger = logging.getLogger(__name__)

# What a learner says about their own health is nobody's business, and no question to the course.
NEVER_KEPT = frozenset({"advice"})


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as far as the record goes."""

    person_id: str  # a pseudonym; empty when nobody is named
    channel: Channel


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the database says about a question at the moment it is asked."""

    is_kept: bool
    verified: VerifiedRecord | None


class Asking:
    """Answers, and remembers.

    Args:
        database: Where verified answers and records are.
        recorder: Writes the records.
        suggester: Knows what to ask next.
        log_questions: Whether this installation keeps records at all; a course may still want none.
    """

    def __init__(
        self, database: Database, recorder: Recorder, suggester: Suggester, *, log_questions: bool = True
    ) -> None:
        self.database = database
        self.recorder = recorder
        self.suggester = suggester
        self.log_questions = log_questions

    def ask(
        self, tutor: Tutor, question: str, history: Sequence[Turn], asker: Asker, *, document_id: str = ""
    ) -> Answer:
        """Answer a question, as an instructor has verified it if one has, and keep a record if the course wants one.

        Args:
            tutor: Of the course.
            question: As asked.
            history: The conversation so far, oldest first.
            asker: Who asks, and by which way.
            document_id: The chapter the learner comes from; empty for none.

        Raises:
            QuestionTooLong: The question has more characters than the limit.
        """
        asked_at, started, course_id = datetime.now(UTC), time.perf_counter(), tutor.index.course_id
        try:
            consideration, is_kept = self._consider(tutor, question, history, document_id)
            suggestions = self.suggester.after(consideration.answer, tutor)
        except QuestionTooLong:  # not a question yet
            raise
        except Exception as error:
            asks.note_failure(error, course_id, asker.channel, time.perf_counter() - started)
            raise
        answer = replace(consideration.answer, suggestions=suggestions)
        # Before the recorder wakes, which would keep this thread waiting as soon as it writes its line to the log.
        asks.note_answer(answer, course_id, asker.channel, time.perf_counter() - started)
        if is_kept and answer.query.intent not in NEVER_KEPT:
            self._keep(replace(consideration, answer=answer), tutor, tuple(history), asker, asked_at)
        return answer

    def close(self) -> None:
        """Keep what is waiting, and stop both threads."""
        self.suggester.close()
        self.recorder.close()

    def try_again(
        self, tutor: Tutor, question: str, history: Sequence[Turn], channel: Channel, *, document_id: str = ""
    ) -> Receipt:
        """The receipt of asking today what somebody asked before; nothing is kept.

        Raises:
            QuestionTooLong: The question has more characters than today's limit.
        """
        consideration, _ = self._consider(tutor, question, history, document_id)
        return _receipt(consideration, tutor, history, datetime.now(UTC), channel)

    def _consider(
        self, tutor: Tutor, question: str, history: Sequence[Turn], document_id: str
    ) -> tuple[Consideration, bool]:
        """The answer as anybody would get it now, and whether a record of it is wanted."""
        consideration = tutor.consider(question, history, document_id=document_id)
        standing = self._standing(tutor, consideration)
        if standing.verified is not None:
            consideration = self._as_verified(consideration, standing.verified, tutor)
        return consideration, standing.is_kept

    def _standing(self, tutor: Tutor, consideration: Consideration) -> _Standing:
        key = question_key(consideration.answer.query, tutor.knowledge)
        course_id = tutor.index.course_id
        try:
            with self.database.reading() as connection:
                course = find_course(connection, course_id)
                record = verified.by_key(connection, course_id, key) if key else None
        except SQLAlchemyError as error:  # nobody knows whether it may be kept, so it is not
            logger.error(
                "the database does not answer (%s); the question is answered all the same", type(error).__name__
            )
            return _Standing(is_kept=False, verified=None)
        return _Standing(self.log_questions and (course is None or course.log_questions), record)

    def _as_verified(self, consideration: Consideration, record: VerifiedRecord, tutor: Tutor) -> Consideration:
        try:
            answer = in_its_place(consideration.answer, record, tutor.index)
        except QuoteNotFound:
            answer = None
        if answer is None:
            self.recorder.later(lambda connection: _flag(connection, record, tutor.index.generation))
            return consideration
        return replace(consideration, answer=answer)

    def _keep(
        self, consideration: Consideration, tutor: Tutor, history: tuple[Turn, ...], asker: Asker, asked_at: datetime
    ) -> None:
        def prepare() -> Write:
            receipt = _receipt(consideration, tutor, history, asked_at, asker.channel)
            record = _record(consideration.answer, tutor.index.course_id, asker, asked_at)
            asked = Asked(record, _cited(consideration.answer), receipt.as_json())
            return lambda connection: questions.add(connection, [asked])

        self.recorder.prepared_later(prepare)


def _receipt(
    consideration: Consideration, tutor: Tutor, history: Sequence[Turn], asked_at: datetime, channel: Channel
) -> Receipt:
    """The receipt, with what an instructor has hidden: ranked anew for it, so never while somebody waits."""
    query = consideration.answer.query.used
    hidden = tutor.index.hidden_among(query, top_k=len(consideration.ranking)) if query else ()
    return receipt_of(consideration, tutor, history=history, asked_at=asked_at, channel=channel, hidden=hidden)


def _flag(connection: Connection, record: VerifiedRecord, generation: str) -> None:
    """The course no longer says it word for word: the instructor is to look at it."""
    now = verified.find(connection, record.course_id, record.verified_id)
    if now == record:  # else somebody has changed it meanwhile
        check = {
            "generation": generation,
            "outcome": "changed",
            "before": [s.text for s in record.statements],
            "now": [],
        }
        verified.set_state(connection, record, "changed", check)


def _record(answer: Answer, course_id: str, asker: Asker, asked_at: datetime) -> QuestionRecord:
    about = answer.citations or answer.nearest
    query = answer.query
    return QuestionRecord(
        course_id=course_id,
        answer_id=answer.answer_id,
        person_id=asker.person_id or None,
        channel=asker.channel,
        asked_at=asked_at,
        question=query.asked,
        query_used=query.used,
        intent=query.intent,
        status=answer.status,
        confidence=answer.confidence,
        generation=answer.generation,
        topic=query.terms[0] if query.terms else subject_of(query.used).casefold(),
        terms=query.terms,
        about_document_id=about[0].document_id if about else None,
        about_path=about[0].heading_path if about else (),
        verified_id=answer.verified.verified_id if answer.verified else None,
        total_ms=answer.timing_ms.get("total", 0.0),
    )


def _cited(answer: Answer) -> tuple[CitedSpan, ...]:
    return tuple(
        CitedSpan(citation.marker, citation.document_id, citation.chunk_id, citation.heading_path)
        for citation in answer.citations
    )
