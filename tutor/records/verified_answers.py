"""An instructor's verified answer in place of the tutor's own: spans of the course, checked whenever it is given."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from corpus.types import Chunk
from index.course_index import CourseIndex
from tutor import messages
from tutor.citing import Draft, cite
from tutor.errors import SpanOutOfRange, UnknownDocument
from tutor.records.anchoring import chunk_over, passage_of, standing
from tutor.records.errors import NotVerifiable
from tutor.records.question_key import question_key
from tutor.state.ids import new_id
from tutor.state.verified import VerifiedRecord, VerifiedSpan, VerifiedStatement, VerifiedStatus
from tutor.tutor import Tutor
from tutor.types import Answer, VerifiedMark

SpanChoice = tuple[str, int, int]  # document id, char_start, char_end


def make_verified(
    tutor: Tutor,
    *,
    question: str,
    status: VerifiedStatus,
    statements: Sequence[Sequence[SpanChoice]],
    created_by: str,
    at: datetime,
) -> VerifiedRecord:
    """Verify an answer: the question as it is understood, and the spans that answer it, as they stand now.

    Args:
        tutor: Of the course.
        question: As somebody may ask it.
        status: Whether the course answers it.
        statements: For each statement the place it stands at, and other places that say the same.
        created_by: The instructor.
        at: When.

    Raises:
        NotVerifiable: The question is not put to the course, or an answer has no span, or a refusal has one.
        UnknownDocument: The course has no such document.
        SpanOutOfRange: A span does not lie in its document.
    """
    key = question_key(tutor.understand(question), tutor.knowledge)
    if not key:
        raise NotVerifiable("this is not a question to the course, so nobody would be given its answer")
    if (status == "answered") != bool(statements):
        raise NotVerifiable("an answer needs at least one statement, and a refusal has none")
    return VerifiedRecord(
        course_id=tutor.index.course_id,
        verified_id=new_id(),
        question=question,
        question_key=key,
        status=status,
        statements=tuple(_statement(tutor.index, choices) for choices in statements),
        state="active",
        last_check=None,
        created_by=created_by,
        created_at=at,
        updated_at=at,
    )


def in_its_place(answer: Answer, record: VerifiedRecord, index: CourseIndex) -> Answer | None:
    """The verified answer to the question that ``answer`` answers; None where the course has changed under it."""
    mark = VerifiedMark(record.verified_id, record.updated_at)
    if record.status == "not_in_course":
        refusal = messages.refusal(answer.query, index.title, has_nearest=bool(answer.nearest))
        return replace(
            answer, status="not_in_course", statements=(), citations=(), message=refusal, verified=mark
        )  # fmt: skip
    found = [standing(statement, index) for statement in record.statements]
    drafts = [_draft(statement, index) for statement in found if statement is not None]
    if len(drafts) < len(found):
        return None
    statements, citations = cite(drafts, index)
    shown = {(citation.document_id, citation.heading_path) for citation in citations}
    nearest = tuple(section for section in answer.nearest if (section.document_id, section.heading_path) not in shown)
    return replace(
        answer, status="answered", statements=statements, citations=citations, nearest=nearest, message="",
        verified=mark,
    )  # fmt: skip


def _draft(statement: VerifiedStatement, index: CourseIndex) -> Draft:
    first, *others = (passage_of(span, index) for span in statement.spans)
    return Draft(first, statement.kind, tuple(others))


def _statement(index: CourseIndex, choices: Sequence[SpanChoice]) -> VerifiedStatement:
    spans, chunks = zip(*(_span(index, choice) for choice in choices), strict=True)
    return VerifiedStatement(spans[0].quote, chunks[0].kind, chunks[0].term or None, tuple(dict.fromkeys(spans)))


def _span(index: CourseIndex, choice: SpanChoice) -> tuple[VerifiedSpan, Chunk]:
    document_id, start, end = choice
    document = index.documents.get(document_id)
    if document is None:
        raise UnknownDocument(index.course_id, document_id)
    quote = document.text[start:end]
    if not 0 <= start < end <= len(document.text) or not quote.strip():
        raise SpanOutOfRange(start, end, len(document.text))
    chunk = chunk_over(index, document_id, start, end)
    if chunk is None:
        raise NotVerifiable(f"{quote[:60]!r} is a heading or a hidden passage: choose sentences that answers may quote")
    return VerifiedSpan(document_id, chunk.chunk_id, start, end, quote), chunk
