"""Citations: markers numbered by first use, each quote checked against the document before anyone sees it.

This is the only place where a citation is made. A span whose text is not the quote is a defect of ours and is
refused loudly, never shown and never dropped in silence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote as percent_encode

from corpus.pages import page_at
from corpus.types import Chunk, ChunkKind
from index.course_index import CourseIndex
from tutor.errors import QuoteNotFound
from tutor.types import Citation, Statement


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of one chunk, on their way to becoming a statement; offsets are into the document."""

    chunk: Chunk
    char_start: int
    char_end: int

    @property
    def text(self) -> str:
        """The sentences themselves, verbatim."""
        start = self.chunk.char_start
        return self.chunk.text[self.char_start - start : self.char_end - start]


@dataclass(frozen=True, slots=True)
class Draft:
    """One statement before its citations are numbered: where it stands first, and where else the course says it."""

    passage: Passage
    kind: ChunkKind
    also: tuple[Passage, ...] = ()


def cite(drafts: Sequence[Draft], index: CourseIndex) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """Number the citations of ``drafts`` by first use and check every quote against its document.

    Raises:
        QuoteNotFound: A span does not hold its quote, so the index contradicts itself.
    """
    markers: dict[tuple[str, int, int], Citation] = {}
    statements = []
    for draft in drafts:
        numbers = []
        for passage in (draft.passage, *draft.also):
            key = (passage.chunk.document_id, passage.char_start, passage.char_end)
            if key not in markers:
                markers[key] = _citation(len(markers) + 1, passage, index)
            numbers.append(markers[key].marker)
        statements.append(
            Statement(draft.passage.text, draft.kind, draft.passage.chunk.term or None, tuple(dict.fromkeys(numbers)))
        )
    return tuple(statements), tuple(markers.values())


def source_url(course_id: str, document_id: str, char_start: int, char_end: int) -> str:
    """Where the API serves a span in its surroundings, relative to the service's root."""
    document = percent_encode(document_id, safe="")
    return f"/api/v1/courses/{course_id}/documents/{document}/source?start={char_start}&end={char_end}"


def _citation(marker: int, passage: Passage, index: CourseIndex) -> Citation:
    chunk = passage.chunk
    document = index.documents[chunk.document_id]
    quote = passage.text
    if not quote or document.text[passage.char_start : passage.char_end] != quote:
        raise QuoteNotFound(chunk.chunk_id, passage.char_start, passage.char_end)
    page = page_at(document, passage.char_start)  # a chunk may begin on the page before
    return Citation(
        marker=marker,
        course_id=chunk.course_id,
        document_id=chunk.document_id,
        document_title=chunk.document_title,
        heading_path=chunk.heading_path,
        page=page.index + 1 if page else None,
        page_label=page.label if page else "",
        char_start=passage.char_start,
        char_end=passage.char_end,
        quote=quote,
        chunk_id=chunk.chunk_id,
        url=source_url(chunk.course_id, chunk.document_id, passage.char_start, passage.char_end),
    )
