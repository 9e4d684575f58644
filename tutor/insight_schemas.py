"""Wire types of what instructors learn about a course: gaps, coverage, use of the glossary, checks."""

from typing import Literal

from pydantic import Field

from tutor.instructor_schemas import Moment
from tutor.schemas import CharOffset, Place, Wire


class GapTopic(Wire):
    """A topic that students ask about and the course does not answer."""

    topic: str
    n_questions: int
    n_people: int
    document_id: str = Field(description="Of the nearest section; empty when nothing is near.")
    heading_path: list[str]


class Gaps(Wire):
    """Refused questions by topic; a topic that fewer than ``min_people`` asked about is counted and not shown."""

    topics: list[GapTopic]
    withheld: int = Field(description="Questions of topics that too few people asked about.")
    min_people: int


class SectionUse(Wire):
    """One section of the outline; counts include its subsections."""

    document_id: str
    document_title: str
    heading_path: list[str]
    level: int
    char_start: CharOffset
    n_asked: int
    n_cited: int


class Coverage(Wire):
    """How much each section is asked about and cited, in reading order."""

    sections: list[SectionUse]


class TermUse(Place):
    """One term, where it is defined, and how often it is asked about."""

    term: str
    aliases: list[str]
    n_asked: int
    text: str


class TermUses(Wire):
    """Every term of the course, most asked first."""

    terms: list[TermUse]


class CheckedQuestion(Wire):
    """One question of an instructor's set and what came of it."""

    row: int
    question: str
    expected: str
    outcome: Literal["ok", "wrong", "refused"]
    got: str
    before: Literal["ok", "wrong", "refused"] | None = Field(description="The outcome of the check before.")


class CheckSummary(Wire):
    """Outcomes of a check."""

    generation: str
    n: int
    ok: int
    wrong: int
    refused: int


class Check(Wire):
    """A question set put to the course; ``rows`` and ``summary`` come when the job is done."""

    job_id: str
    state: Literal["queued", "running", "done", "failed", "held"]
    done: int
    total: int
    error: str
    created_at: Moment
    finished_at: Moment | None
    rows: list[CheckedQuestion]
    summary: CheckSummary | None
    before: CheckSummary | None


class CheckList(Wire):
    """The checks of a course, newest first."""

    checks: list[Check]
