"""What a course is asked about: gaps, coverage of its outline, use of its glossary. Counts, never a person."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from index.course_index import CourseIndex
from index.types import GlossaryEntry
from tutor import insight_schemas as wire
from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk
from tutor.api.documented import error_responses
from tutor.api.wire import glossary_entry_on_wire
from tutor.records.gaps import find_gaps
from tutor.records.usage import coverage, terms_asked
from tutor.state import questions

router = APIRouter(prefix="/api/v1/courses/{course}", tags=["instructors"])

Days = Annotated[int, Query(ge=1, le=3650, description="How far back to look.")]


@router.get(
    "/gaps", operation_id="readGaps", summary="What the course does not answer", responses=error_responses(404, 422)
)
async def read_gaps(course: CourseId, desk: AtDesk, days: Days = 90) -> wire.Gaps:
    """Refused questions by topic. A topic that fewer than ``min_people`` people asked about is only counted."""
    desk.require("instruct", course)

    def find() -> wire.Gaps:
        index = desk.tutor(course).index
        desk.backend.asking.recorder.settle()
        with desk.backend.database.reading() as connection:
            records = questions.asked_since(connection, course, _since(days))
        gaps = find_gaps(records, index, min_people=desk.backend.min_people)
        topics = [
            wire.GapTopic(
                topic=gap.topic,
                n_questions=gap.n_questions,
                n_people=gap.n_people,
                document_id=gap.document_id,
                heading_path=list(gap.heading_path),
            )
            for gap in gaps.topics
        ]
        return wire.Gaps(topics=topics, withheld=gaps.withheld, min_people=gaps.min_people)

    return await desk.backend.workers.run(find, desk.request, course)


@router.get(
    "/coverage", operation_id="readCoverage", summary="Which sections are used", responses=error_responses(404, 422)
)
def read_coverage(course: CourseId, desk: AtDesk, days: Days = 90) -> wire.Coverage:
    """The outline in reading order, each section with how often it is asked about and cited, subsections included."""
    desk.require("instruct", course)
    index = desk.tutor(course).index
    desk.backend.asking.recorder.settle()
    with desk.backend.database.reading() as connection:
        records = questions.asked_since(connection, course, _since(days))
        spans = questions.cited_since(connection, course, _since(days))
    sections = [
        wire.SectionUse(
            document_id=use.document_id,
            document_title=use.document_title,
            heading_path=list(use.heading_path),
            level=use.level,
            char_start=use.char_start,
            n_asked=use.n_asked,
            n_cited=use.n_cited,
        )
        for use in coverage(records, spans, index)
    ]
    return wire.Coverage(sections=sections)


@router.get(
    "/glossary/usage",
    operation_id="readGlossaryUsage",
    summary="Which terms are asked about",
    responses=error_responses(404, 422),
)
def read_glossary_usage(course: CourseId, desk: AtDesk, days: Days = 90) -> wire.TermUses:
    """Every term with its defining sentence and how many questions name it, most asked first."""
    desk.require("instruct", course)
    index = desk.tutor(course).index
    desk.backend.asking.recorder.settle()
    with desk.backend.database.reading() as connection:
        n_asked = terms_asked(questions.asked_since(connection, course, _since(days)))
    entries = sorted(index.glossary.entries, key=lambda entry: (-n_asked.get(entry.term, 0), entry.term.casefold()))
    return wire.TermUses(terms=[_term_use(entry, n_asked.get(entry.term, 0), index) for entry in entries])


def _term_use(entry: GlossaryEntry, n_asked: int, index: CourseIndex) -> wire.TermUse:
    shown = glossary_entry_on_wire(entry, index)
    return wire.TermUse(
        **shown.definitions[0].model_dump(), term=shown.term, aliases=shown.aliases, n_asked=n_asked
    )  # fmt: skip


def _since(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)
