"""What people say of the answers they got: one judgement a person and answer, of which the last counts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from tutor.state.asking_tables import feedback


@dataclass(frozen=True, slots=True)
class FeedbackRecord:
    """One person's judgement of one answer."""

    course_id: str
    answer_id: str
    person_id: str
    verdict: str  # up, down, wrong_source, missing
    comment: str
    marker: int | None  # of the source that is wrong
    created_at: datetime
    resolved_at: datetime | None = None  # when an instructor had dealt with it


def put(connection: Connection, record: FeedbackRecord) -> None:
    """Keep a judgement in place of what the same person said of the same answer before."""
    take_back(connection, record.course_id, record.answer_id, record.person_id)
    connection.execute(insert(feedback).values(**asdict(record)))


def take_back(connection: Connection, course_id: str, answer_id: str, person_id: str) -> bool:
    """Forget a person's judgement of an answer; whether there was one."""
    gone = connection.execute(
        delete(feedback).where(
            feedback.c.course_id == course_id,
            feedback.c.answer_id == answer_id,
            feedback.c.person_id == person_id,
        )
    )
    return gone.rowcount > 0


def of_answers(connection: Connection, course_id: str, answer_ids: Sequence[str]) -> tuple[FeedbackRecord, ...]:
    """Every judgement of some answers, oldest first."""
    wanted = feedback.c.course_id == course_id, feedback.c.answer_id.in_(answer_ids)
    rows = connection.execute(select(feedback).where(*wanted).order_by(feedback.c.created_at, feedback.c.person_id))
    return tuple(FeedbackRecord(**row._mapping) for row in rows)


def resolve(connection: Connection, course_id: str, answer_id: str, at: datetime) -> int:
    """Mark the judgements of an answer as dealt with; how many were not yet."""
    wanted = feedback.c.course_id == course_id, feedback.c.answer_id == answer_id, feedback.c.resolved_at.is_(None)
    return connection.execute(update(feedback).where(*wanted).values(resolved_at=at)).rowcount
