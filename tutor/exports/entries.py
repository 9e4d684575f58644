"""The entries of an export: the course's defined terms and its verified answers, each with where it stands."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corpus.types import Chunk
from index.course_index import CourseIndex
from index.types import GlossaryEntry
from tutor.state.verified import VerifiedRecord


@dataclass(frozen=True, slots=True)
class ExportEntry:
    """A term and its definition, or a question and its verified answer."""

    entry_id: str  # survives re-indexing, so that a second import changes cards instead of adding them
    heading: str  # the term, or the question
    aliases: tuple[str, ...]
    text: str  # the course's own words
    place: str  # "Chapter 5 › Layers of the skin, p. 12": for people


def glossary_entries(index: CourseIndex) -> Iterator[ExportEntry]:
    """The terms that the course defines, in alphabetical order, each with its best definition."""
    for entry in sorted(index.glossary.entries, key=lambda entry: (entry.term.casefold(), entry.term)):
        chunk = index.chunk(entry.chunk_ids[0])
        text = definition_of(chunk, entry)
        yield ExportEntry(chunk.chunk_id, entry.term, entry.aliases, text, place_of(chunk))


def verified_entries(records: Iterable[VerifiedRecord], index: CourseIndex) -> Iterator[ExportEntry]:
    """The questions that an instructor has verified an answer to; verified refusals have nothing to take along."""
    for record in records:
        if record.state != "active" or not record.statements:
            continue
        span = record.statements[0].spans[0]
        document = index.documents.get(span.document_id)
        text = "\n".join(statement.text for statement in record.statements)
        yield ExportEntry(record.verified_id, record.question, (), text, document.title if document else "")


def definition_of(chunk: Chunk, entry: GlossaryEntry) -> str:
    """The definition without the head that only repeats the term: "acne: skin condition" is "skin condition"."""
    for name in (entry.term, *entry.aliases):
        head = f"{name}:"
        if chunk.text.casefold().startswith(head.casefold()):
            return chunk.text[len(head) :].strip()
    return chunk.text


def place_of(chunk: Chunk) -> str:
    """Where a chunk stands, for people."""
    path = [heading for heading in chunk.heading_path if heading != chunk.document_title]
    page = f", p. {chunk.page}" if chunk.page else ""
    return " › ".join([chunk.document_title, *path]) + page
