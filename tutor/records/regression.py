"""The verified answers as a regression set: asked of a new generation before it may answer, adopted when it does."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from index.course_index import CourseIndex
from tutor.ingest.gate import VerifiedCheck, VerifiedOutcome
from tutor.records.anchoring import nearest_wording, standing
from tutor.records.hiding import hide_again
from tutor.records.question_key import question_key
from tutor.state import verified
from tutor.state.database import Database
from tutor.state.published_chunks import find_published
from tutor.state.verified import VerifiedRecord, VerifiedStatement
from tutor.tutor import Tutor


class VerifiedRegression:
    """The verified answers of every course of one installation.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def check(self, index: CourseIndex) -> tuple[VerifiedCheck, ...]:
        """Ask every active one of an index, and hide in it the words that instructors have hidden before."""
        with self._database.writing() as connection:
            hide_again(connection, index)
        with self._database.reading() as connection:
            records = [one for one in verified.of_course(connection, index.course_id) if one.state == "active"]
            sections = _sections(connection, records)
        tutor = Tutor(index) if any(record.status == "not_in_course" for record in records) else None
        return tuple(
            _check_refusal(record, tutor) if tutor and record.status == "not_in_course"
            else _check_answer(record, _follow(record, index, sections))
            for record in records
        )  # fmt: skip

    def adopt(self, index: CourseIndex, *, new_words: bool) -> None:
        """Move every verified answer to an index that has gone live.

        What stands word for word moves with its words. What is said otherwise takes the new words if an instructor has
        agreed to them; else it is no longer given and waits for the instructor, as what is lost does. One that an
        earlier index had lost and this one says again, word for word, is given again.

        Args:
            index: The live one.
            new_words: Whether somebody has seen what ``check`` says of this index, and let it pass.
        """
        with self._database.reading() as connection:
            records = [r for r in verified.of_course(connection, index.course_id) if r.state != "retired"]
            sections = _sections(connection, records)
        if not records:
            return
        tutor = Tutor(index)
        with self._database.writing() as connection:
            for record in records:
                if verified.find(connection, record.course_id, record.verified_id) == record:  # else edited meanwhile
                    verified.put(connection, _adopted(record, tutor, sections, new_words=new_words))


def _adopted(
    record: VerifiedRecord, tutor: Tutor, sections: Mapping[str, Sequence[str]], *, new_words: bool
) -> VerifiedRecord:
    key = question_key(tutor.understand(record.question), tutor.knowledge) or record.question_key
    if record.status == "not_in_course":
        check, statements = _check_refusal(record, tutor), record.statements
    else:
        followed = _follow(record, tutor.index, sections)
        check = _check_answer(record, followed)
        statements = tuple(statement for statement in followed if statement is not None)
    is_given = check.outcome == "same" or (check.outcome == "changed" and new_words and record.state == "active")
    return replace(
        record,
        question_key=key,
        statements=statements if is_given else record.statements,
        state="active" if is_given else "changed",
        last_check=_as_json(check, tutor.index),
    )


def _follow(
    record: VerifiedRecord, index: CourseIndex, sections: Mapping[str, Sequence[str]]
) -> tuple[VerifiedStatement | None, ...]:
    """Each statement where it stands now, or in its new wording; None where nothing like it is left."""
    return tuple(_follow_one(statement, index, sections) for statement in record.statements)


def _follow_one(
    statement: VerifiedStatement, index: CourseIndex, sections: Mapping[str, Sequence[str]]
) -> VerifiedStatement | None:
    if found := standing(statement, index):
        return found
    span = nearest_wording(statement, index, sections.get(statement.spans[0].chunk_id, ()))
    return replace(statement, text=span.quote, spans=(span,)) if span is not None else None


def _check_answer(record: VerifiedRecord, followed: Sequence[VerifiedStatement | None]) -> VerifiedCheck:
    now = tuple(statement.text for statement in followed if statement is not None)
    same = all(new == old.text for old, new in _texts(record, followed))
    outcome: VerifiedOutcome = "same" if same else "changed" if now else "lost"
    return VerifiedCheck(record.verified_id, record.question, outcome, _before(record), now)


def _check_refusal(record: VerifiedRecord, tutor: Tutor) -> VerifiedCheck:
    answer = tutor.ask(record.question)
    now = tuple(statement.text for statement in answer.statements)
    return VerifiedCheck(record.verified_id, record.question, "changed" if now else "same", (), now)


def _texts(
    record: VerifiedRecord, followed: Sequence[VerifiedStatement | None]
) -> list[tuple[VerifiedStatement, str | None]]:
    return [(old, new.text if new else None) for old, new in zip(record.statements, followed, strict=True)]


def _before(record: VerifiedRecord) -> tuple[str, ...]:
    return tuple(statement.text for statement in record.statements)


def _sections(connection: Connection, records: Sequence[VerifiedRecord]) -> Mapping[str, Sequence[str]]:
    """Chunk id -> the headings it stood under when it was live."""
    found = {}
    for record in records:
        for statement in record.statements:
            chunk = find_published(connection, record.course_id, statement.spans[0].chunk_id)
            if chunk is not None:
                found[chunk.chunk_id] = chunk.heading_path
    return found


def _as_json(check: VerifiedCheck, index: CourseIndex) -> dict[str, Any]:
    return {
        "generation": index.generation, "outcome": check.outcome, "before": list(check.before), "now": list(check.now),
    }  # fmt: skip
