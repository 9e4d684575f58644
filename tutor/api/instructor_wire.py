"""From records to the wire types of instructors: the one place that knows both."""

from collections.abc import Callable, Iterable
from dataclasses import asdict

from sqlalchemy import Connection

from corpus.types import Chunk
from index.course_index import CourseIndex
from tutor import instructor_schemas as wire
from tutor import schemas
from tutor.records.receipts import Candidate, Receipt
from tutor.state.feedback import FeedbackRecord
from tutor.state.published_chunks import PublishedChunk, find_published
from tutor.state.questions import ListedQuestion
from tutor.state.verified import VerifiedRecord

_PSEUDONYM_CHARS = 8  # enough to tell a course's people apart

FindChunk = Callable[[str], Chunk | PublishedChunk | None]


def pseudonym(person_id: str | None) -> str:
    """How a person is shown to instructors."""
    return (person_id or "").removeprefix("key:")[:_PSEUDONYM_CHARS]


def feedback_on_wire(record: FeedbackRecord) -> wire.Feedback:
    """One judgement."""
    fields = {name: value for name, value in asdict(record).items() if name not in ("course_id", "person_id")}
    return wire.Feedback.model_validate({**fields, "person": pseudonym(record.person_id)})


def question_on_wire(listed: ListedQuestion, feedback: Iterable[FeedbackRecord]) -> wire.Question:
    """One question of the log."""
    record = listed.record
    return wire.Question.model_validate(
        {
            **{name: getattr(record, name) for name in wire.Question.model_fields if hasattr(record, name)},
            "person": pseudonym(record.person_id),
            "n_citations": listed.n_citations,
            "feedback": [feedback_on_wire(one) for one in feedback if one.answer_id == record.answer_id],
        }
    )


def verified_on_wire(record: VerifiedRecord) -> wire.Verified:
    """One verified answer."""
    fields = {name: value for name, value in asdict(record).items() if name in wire.Verified.model_fields}
    return wire.Verified.model_validate(fields, strict=False)


def chunk_finder(connection: Connection, index: CourseIndex) -> FindChunk:
    """Finds the words of a chunk: in the live index, else as they were last published."""

    def find(chunk_id: str) -> Chunk | PublishedChunk | None:
        return index.find_chunk(chunk_id) or find_published(connection, index.course_id, chunk_id)

    return find


def receipt_on_wire(receipt: Receipt, find: FindChunk) -> wire.Receipt:
    """A receipt with the words of its candidates."""
    return wire.Receipt(
        answer=receipt.answer,
        asked_at=receipt.asked_at,
        channel=receipt.channel,
        query=receipt.answer.query.used,
        parts=list(receipt.parts),
        unknown_words=list(receipt.unknown_words),
        history=[schemas.Turn(role=turn.role, content=turn.content) for turn in receipt.history],
        generation=receipt.answer.generation,
        embedder=receipt.embedder,
        ranker=receipt.ranker,
        refuser=receipt.refuser,
        refusal=wire.Refusal(
            probability=receipt.probability, threshold=receipt.threshold, features=dict(receipt.features)
        ),
        candidates=[_candidate(candidate, find(candidate.chunk_id)) for candidate in receipt.candidates],
        stages_ms=receipt.answer.timing_ms,
    )


def _candidate(candidate: Candidate, chunk: Chunk | PublishedChunk | None) -> wire.Candidate:
    return wire.Candidate(
        chunk_id=candidate.chunk_id,
        document_id=chunk.document_id if chunk else "",
        document_title=chunk.document_title if chunk else "",
        heading_path=list(chunk.heading_path) if chunk else [],
        kind=chunk.kind if chunk else "",
        text=chunk.text if chunk else "",
        rank=candidate.rank,
        score=candidate.score,
        signals={
            "dense": candidate.dense,
            "sentence": candidate.sentence,
            "lexical": candidate.lexical,
            "glossary": candidate.glossary,
        },
        chosen=candidate.chosen,
        why=candidate.why,
        hidden=candidate.hidden,
    )
