"""What of a course is asked about: which sections are cited, which terms are named."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from index.course_index import CourseIndex
from tutor.state.questions import CitedSpan, QuestionRecord


@dataclass(frozen=True, slots=True)
class SectionUse:
    """One section of the outline. Counts include those of its subsections."""

    document_id: str
    document_title: str
    heading_path: tuple[str, ...]
    level: int
    char_start: int
    n_asked: int  # questions whose answer stands first in it, or whose refusal it is nearest to
    n_cited: int  # citations of it


def coverage(
    records: Iterable[QuestionRecord], spans: Iterable[CitedSpan], index: CourseIndex
) -> tuple[SectionUse, ...]:
    """The course's outline in reading order, each section with how much it is asked about and cited."""
    asked = _with_ancestors((r.about_document_id, r.about_path) for r in records if r.about_document_id)
    cited = _with_ancestors((span.document_id, span.heading_path) for span in spans)
    return tuple(
        SectionUse(
            document_id=document.document_id,
            document_title=document.title,
            heading_path=section.heading_path,
            level=section.level,
            char_start=section.char_start,
            n_asked=asked[(document.document_id, section.heading_path)],
            n_cited=cited[(document.document_id, section.heading_path)],
        )
        for document in index.documents.values()
        for section in document.sections
    )


def terms_asked(records: Iterable[QuestionRecord]) -> Mapping[str, int]:
    """How many questions name each term."""
    return Counter(term for record in records for term in record.terms)


def _with_ancestors(
    places: Iterable[tuple[str | None, tuple[str, ...]]],
) -> Counter[tuple[str | None, tuple[str, ...]]]:
    return Counter(
        (document_id, path[:depth]) for document_id, path in places for depth in range(1, len(path) + 1)
    )  # fmt: skip
