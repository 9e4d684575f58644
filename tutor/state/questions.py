"""Questions that were asked, each with what its answer cites and the receipt of how it came about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, insert, or_, select

from tutor.state.asking_tables import cited_spans, feedback, questions, receipts

Sort = Literal["newest", "oldest", "least_sure", "surest", "slowest"]


@dataclass(frozen=True, slots=True)
class QuestionRecord:
    """One question and what became of it."""

    course_id: str
    answer_id: str
    person_id: str | None  # null for callers that name nobody
    channel: str
    asked_at: datetime
    question: str
    query_used: str
    intent: str
    status: str
    confidence: float
    generation: str
    topic: str
    terms: tuple[str, ...]
    about_document_id: str | None
    about_path: tuple[str, ...]
    verified_id: str | None
    total_ms: float


@dataclass(frozen=True, slots=True)
class CitedSpan:
    """One citation of an answer, as far as statistics need it."""

    marker: int
    document_id: str
    chunk_id: str
    heading_path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything that is kept of one question."""

    record: QuestionRecord
    spans: tuple[CitedSpan, ...]
    receipt: Mapping[str, Any]  # plain JSON


@dataclass(frozen=True, slots=True)
class Filter:
    """Which questions of a course are wanted; empty fields want all."""

    status: str = ""
    verdict: str = ""  # of anybody's feedback; "any" for any at all, "open" for what nobody has dealt with
    max_confidence: float | None = None
    search: str = ""  # words of the question, as typed or as understood
    since: datetime | None = None
    until: datetime | None = None  # exclusive


@dataclass(frozen=True, slots=True)
class ListedQuestion:
    """A question in an instructor's list."""

    record: QuestionRecord
    n_citations: int


# Each with the column it sorts by and whether the largest comes first; ties stand by id.
_SORTS: Mapping[Sort, tuple[Any, bool]] = {
    "newest": (questions.c.asked_at, True),
    "oldest": (questions.c.asked_at, False),
    "least_sure": (questions.c.confidence, False),
    "surest": (questions.c.confidence, True),
    "slowest": (questions.c.total_ms, True),
}


def add(connection: Connection, asked: Sequence[Asked]) -> None:
    """Keep questions with their receipts; many at once cost little more than one."""
    if not asked:
        return
    connection.execute(insert(questions), [_question_row(one.record) for one in asked])
    connection.execute(insert(receipts), [{**_key(one.record), "receipt": dict(one.receipt)} for one in asked])
    spans = [
        {**_key(one.record), **asdict(span), "heading_path": list(span.heading_path)}
        for one in asked
        for span in one.spans
    ]
    if spans:
        connection.execute(insert(cited_spans), spans)


def find(connection: Connection, course_id: str, answer_id: str) -> QuestionRecord | None:
    """The question that an answer belongs to."""
    wanted = questions.c.course_id == course_id, questions.c.answer_id == answer_id
    row = connection.execute(select(questions).where(*wanted)).one_or_none()
    return _record(row._mapping) if row else None


def receipt(connection: Connection, course_id: str, answer_id: str) -> Mapping[str, Any] | None:
    """The receipt of an answer, as it was kept."""
    wanted = receipts.c.course_id == course_id, receipts.c.answer_id == answer_id
    found: Mapping[str, Any] | None = connection.execute(select(receipts.c.receipt).where(*wanted)).scalar_one_or_none()
    return found


def listed(
    connection: Connection, course_id: str, wanted: Filter, *, sort: Sort = "newest", after: str = "", limit: int = 50
) -> tuple[ListedQuestion, ...] | None:
    """A page of a course's questions.

    Args:
        connection: A transaction.
        course_id: Whose questions.
        wanted: Which of them.
        sort: In which order.
        after: Answer id of the last one seen; empty for the first page.
        limit: How many at most.

    Returns:
        The questions; None when ``after`` is no question of this course.
    """
    column, falling = _SORTS[sort]
    n_citations = (
        select(func.count())
        .where(cited_spans.c.course_id == course_id, cited_spans.c.answer_id == questions.c.answer_id)
        .scalar_subquery()
    )
    query: Select[Any] = select(questions, n_citations.label("n_citations")).where(*_conditions(course_id, wanted))
    if after:
        last = connection.execute(
            select(column).where(questions.c.course_id == course_id, questions.c.answer_id == after)
        ).one_or_none()
        if last is None:
            return None
        beyond = column < last[0] if falling else column > last[0]
        tie = questions.c.answer_id < after if falling else questions.c.answer_id > after
        query = query.where(or_(beyond, and_(column == last[0], tie)))
    order = (column.desc(), questions.c.answer_id.desc()) if falling else (column, questions.c.answer_id)
    rows = connection.execute(query.order_by(*order).limit(limit))
    return tuple(ListedQuestion(_record(row._mapping), row.n_citations) for row in rows)


def asked_since(connection: Connection, course_id: str, since: datetime) -> tuple[QuestionRecord, ...]:
    """Every question from a moment on, oldest first."""
    wanted = questions.c.course_id == course_id, questions.c.asked_at >= since
    rows = connection.execute(select(questions).where(*wanted).order_by(questions.c.asked_at, questions.c.answer_id))
    return tuple(_record(row._mapping) for row in rows)


def cited_since(connection: Connection, course_id: str, since: datetime) -> tuple[CitedSpan, ...]:
    """Every citation of the questions from a moment on."""
    columns = cited_spans.c.marker, cited_spans.c.document_id, cited_spans.c.chunk_id, cited_spans.c.heading_path
    joined = and_(
        questions.c.course_id == cited_spans.c.course_id,
        questions.c.answer_id == cited_spans.c.answer_id,
        questions.c.asked_at >= since,
    )
    rows = connection.execute(
        select(*columns).join_from(cited_spans, questions, joined).where(cited_spans.c.course_id == course_id)
    )
    return tuple(CitedSpan(row.marker, row.document_id, row.chunk_id, tuple(row.heading_path)) for row in rows)


def _conditions(course_id: str, wanted: Filter) -> Iterable[ColumnElement[bool]]:
    yield questions.c.course_id == course_id
    if wanted.status:
        yield questions.c.status == wanted.status
    if wanted.max_confidence is not None:
        yield questions.c.confidence <= wanted.max_confidence
    if wanted.search:
        yield or_(
            questions.c.question.icontains(wanted.search, autoescape=True),
            questions.c.query_used.icontains(wanted.search, autoescape=True),
        )
    if wanted.since is not None:
        yield questions.c.asked_at >= wanted.since
    if wanted.until is not None:
        yield questions.c.asked_at < wanted.until
    if wanted.verdict:
        judged = [feedback.c.course_id == course_id, feedback.c.answer_id == questions.c.answer_id]
        if wanted.verdict == "open":
            judged += [feedback.c.resolved_at.is_(None), feedback.c.verdict != "up"]
        elif wanted.verdict != "any":
            judged.append(feedback.c.verdict == wanted.verdict)
        yield exists().where(*judged)


def _key(record: QuestionRecord) -> dict[str, str]:
    return {"course_id": record.course_id, "answer_id": record.answer_id}


def _question_row(record: QuestionRecord) -> dict[str, Any]:
    return {**asdict(record), "terms": list(record.terms), "about_path": list(record.about_path)}


def _record(row: Mapping[Any, Any]) -> QuestionRecord:
    fields = {name: row[name] for name in QuestionRecord.__dataclass_fields__}
    return QuestionRecord(**{**fields, "terms": tuple(row["terms"]), "about_path": tuple(row["about_path"])})
