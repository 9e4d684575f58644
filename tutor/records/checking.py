"""An instructor's own question set put to the live course, and compared with the time before."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from index.protocols import Progress
from tutor.evaluation.csv_questions import csv_rows, parse_csv_questions
from tutor.evaluation.question_set import Question
from tutor.ingest.course_jobs import JobResult
from tutor.state.database import Database
from tutor.state.jobs import JobRecord, jobs_of
from tutor.tutor import Tutor
from tutor.types import Answer

Outcome = Literal["ok", "wrong", "refused"]

MAX_QUESTIONS = 1000  # at 20 ms each: under a minute of one core
_SHOWN_CHARS = 300


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One question of the set and what came of it."""

    row: int  # as a spreadsheet counts
    question: str
    expected: str
    outcome: Outcome  # ok: as expected; wrong: answered otherwise, or answered at all; refused: not answered
    got: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A check of one generation."""

    generation: str
    rows: tuple[CheckedRow, ...]

    @property
    def summary(self) -> dict[str, int]:
        """How many questions there were, and how many of each outcome."""
        counts = Counter(row.outcome for row in self.rows)
        return {"n": len(self.rows), "ok": counts["ok"], "wrong": counts["wrong"], "refused": counts["refused"]}

    def as_json(self, before: Mapping[str, Any] | None) -> dict[str, Any]:
        """Plain JSON for the job's row; ``before`` is what this gave the last time, if there was one."""
        rows_before = {(row["question"], row["expected"]): row["outcome"] for row in before["rows"]} if before else {}
        rows = [{**asdict(row), "before": rows_before.get((row.question, row.expected))} for row in self.rows]
        return {
            "generation": self.generation,
            "rows": rows,
            "summary": self.summary,
            "before": {"generation": before["generation"], **before["summary"]} if before else None,
        }


def run_check(
    tutor: Tutor, content: bytes, *, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> CheckResult:
    """Ask every question of a CSV as ``course-tutor eval`` takes it.

    Raises:
        QuestionSetInvalid: The CSV or one of its rows cannot be understood; every bad row is named.
    """
    rows = csv_rows(content, "the question set")
    question_set = parse_csv_questions(rows[:MAX_QUESTIONS], tutor.index.chunks, name="the question set")
    expected = {f"row-{number}": (number, row["expected"].strip()) for number, row in rows}
    checked = []
    for done, question in enumerate(question_set.questions):
        progress(done, len(question_set.questions))
        answer = tutor.ask(question.text)
        number, wanted = expected[question.question_id]
        checked.append(CheckedRow(number, question.text, wanted, _outcome(question, answer), _got(answer)))
    return CheckResult(tutor.index.generation, tuple(checked))


def _outcome(question: Question, answer: Answer) -> Outcome:
    refused = answer.status == "not_in_course"
    if not question.in_scope:
        return "ok" if refused else "wrong"
    if refused:
        return "refused"
    return "ok" if question.accepted & {citation.chunk_id for citation in answer.citations} else "wrong"


def _got(answer: Answer) -> str:
    text = answer.statements[0].text if answer.statements else answer.message
    return text if len(text) <= _SHOWN_CHARS else f"{text[: _SHOWN_CHARS - 1]}…"


class CheckRunner:
    """Runs the jobs of kind "check".

    Args:
        database: Has the results of earlier checks.
        tutor_of: Gives the tutor of a course.
    """

    def __init__(self, database: Database, tutor_of: Callable[[str], Tutor]) -> None:
        self._database = database
        self._tutor_of = tutor_of

    def __call__(self, job: JobRecord, progress: Progress) -> JobResult:
        """Run one check to its end, against the course as it is now.

        Raises:
            QuestionSetInvalid: The course has changed so that an expectation names nothing any more.
        """
        content = str(job.params["csv"]).encode()
        found = run_check(
            self._tutor_of(job.course_id), content, progress=lambda done, total: progress("checking", done, total)
        )
        with self._database.reading() as connection:
            before = next((one for one in checks_of(connection, job.course_id) if one.state == "done"), None)
        return JobResult("done", found.as_json(before.result if before else None))

    def give_up(self, job: JobRecord, reason: str) -> None:
        """Nothing is left behind by a check that did not end."""


def checks_of(connection: Connection, course_id: str) -> tuple[JobRecord, ...]:
    """The checks of a course, newest first."""
    return tuple(job for job in jobs_of(connection, course_id) if job.kind == "check")
