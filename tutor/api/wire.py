"""From our types to the wire's: the one place that knows both."""

from dataclasses import asdict

from corpus.pages import page_at
from corpus.types import Chunk, Document, Section
from index.course_index import CourseIndex
from index.types import GlossaryEntry, ScoredChunk
from tutor import schemas
from tutor.citing import source_url
from tutor.course_info import CourseInfo
from tutor.types import Answer


def answer_on_wire(answer: Answer) -> schemas.Answer:
    """The public form of an answer: what REST, the events and ``ask --json`` give alike."""
    return schemas.Answer.model_validate(answer, strict=False, from_attributes=True)  # our tuples become lists


def course_on_wire(info: CourseInfo) -> schemas.Course:
    """The public form of a course."""
    return schemas.Course.model_validate(asdict(info), strict=False)


def document_summary_on_wire(document: Document) -> schemas.DocumentSummary:
    """A document without its text."""
    return schemas.DocumentSummary(
        document_id=document.document_id,
        title=document.title,
        source_name=document.source_name,
        n_chars=len(document.text),
        n_sections=len(document.sections),
        url=_document_url(document),
    )


def document_on_wire(document: Document, generation: str) -> schemas.Document:
    """A document with its canonical text."""
    return schemas.Document(
        course_id=document.course_id,
        document_id=document.document_id,
        title=document.title,
        source_name=document.source_name,
        source_sha256=document.source_sha256,
        generation=generation,
        text=document.text,
        sections=[
            schemas.Section(**reference_on_wire(section).model_dump(), heading=section.heading, level=section.level)
            for section in document.sections
        ],
    )


def reference_on_wire(section: Section) -> schemas.SectionReference:
    """A section to go to."""
    return schemas.SectionReference(
        heading_path=list(section.heading_path), char_start=section.char_start, char_end=section.char_end
    )


def hit_on_wire(found: ScoredChunk, index: CourseIndex) -> schemas.SearchHit:
    """One search result."""
    return schemas.SearchHit(
        **_place(found.chunk, index).model_dump(),
        rank=found.rank,
        score=found.score,
        signals={name: float(value) for name, value in found.signals._asdict().items()},
        kind=found.chunk.kind,
        term=found.chunk.term or None,
        text=found.chunk.text,
    )


def glossary_entry_on_wire(entry: GlossaryEntry, index: CourseIndex) -> schemas.GlossaryEntry:
    """A term with every place that defines it."""
    chunks = [index.chunk(chunk_id) for chunk_id in entry.chunk_ids]
    return schemas.GlossaryEntry(
        term=entry.term,
        aliases=list(entry.aliases),
        definitions=[schemas.Definition(**_place(chunk, index).model_dump(), text=chunk.text) for chunk in chunks],
    )


def _place(chunk: Chunk, index: CourseIndex) -> schemas.Place:
    page = page_at(index.documents[chunk.document_id], chunk.char_start)
    return schemas.Place(
        document_id=chunk.document_id,
        document_title=chunk.document_title,
        heading_path=list(chunk.heading_path),
        page=page.index + 1 if page else None,
        page_label=page.label if page else "",
        char_start=chunk.char_start,
        char_end=chunk.char_end,
        chunk_id=chunk.chunk_id,
        url=source_url(chunk.course_id, chunk.document_id, chunk.char_start, chunk.char_end),
    )


def _document_url(document: Document) -> str:
    return source_url(document.course_id, document.document_id, 0, 0).partition("/source?")[0]
