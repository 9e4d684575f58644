"""An old citation is found again: unchanged, moved, changed, or gone.

A chunk's id is made of what it says and where in the document's outline it stands, so the same id means the same words.
Where the id is gone, the quoted words are looked for; where they are gone too, the section they stood in.
"""

from dataclasses import dataclass
from typing import Literal

from corpus.pages import page_at
from corpus.types import Chunk
from index.course_index import CourseIndex
from tutor.state.published_chunks import PublishedChunk

CitationState = Literal["unchanged", "moved", "changed", "gone"]


@dataclass(frozen=True, slots=True)
class CitedText:
    """Words, and where they stood or stand."""

    text: str
    heading_path: tuple[str, ...]
    document_id: str
    document_title: str
    page: int | None
    page_label: str
    char_start: int
    char_end: int
    generation: str


@dataclass(frozen=True, slots=True)
class ResolvedCitation:
    """What became of a citation."""

    state: CitationState
    then: CitedText | None
    now: CitedText | None


def resolve(
    index: CourseIndex,
    published: PublishedChunk | None,
    chunk_id: str,
    *,
    start: int | None = None,
    end: int | None = None,
    quote: str = "",
) -> ResolvedCitation:
    """Find a citation in the index of now.

    Args:
        index: What may be seen of the live generation.
        published: The cited chunk as it last stood; None where nobody may know.
        chunk_id: Its id.
        start: Of the citation, an offset into the document as it was; None for the whole chunk.
        end: Likewise.
        quote: The words cited.
    """
    live = index.find_chunk(chunk_id)
    then = _then(published, start, end)
    if live is not None:
        now = _now(index, live, quote or (then.text if then else ""))
        moved = start is not None and start != now.char_start
        return ResolvedCitation("moved" if moved else "unchanged", then or now, now)
    if published is None:
        return ResolvedCitation("gone", None, None)
    wanted = quote or (then.text if then else published.text)
    if (found := _with_words(index, published, wanted)) is not None:
        return ResolvedCitation("moved", then, _now(index, found, wanted))
    if (beside := _in_its_place(index, published)) is not None:
        return ResolvedCitation("changed", then, _now(index, beside, ""))
    return ResolvedCitation("gone", then, None)


def _then(published: PublishedChunk | None, start: int | None, end: int | None) -> CitedText | None:
    if published is None:
        return None
    first, last = published.char_start, published.char_end
    inside = start is not None and end is not None and first <= start < end <= last
    if inside and start is not None and end is not None:
        first, last = start, end
    return CitedText(
        text=published.text[first - published.char_start : last - published.char_start],
        heading_path=published.heading_path,
        document_id=published.document_id,
        document_title=published.document_title,
        page=published.page,
        page_label=published.page_label,
        char_start=first,
        char_end=last,
        generation=published.last_generation,
    )


def _now(index: CourseIndex, chunk: Chunk, quote: str) -> CitedText:
    at = chunk.text.find(quote) if quote else -1
    start = chunk.char_start + at if at >= 0 else chunk.char_start
    end = start + len(quote) if at >= 0 else chunk.char_end
    document = index.documents[chunk.document_id]
    page = page_at(document, start)
    return CitedText(
        text=document.text[start:end],
        heading_path=chunk.heading_path,
        document_id=chunk.document_id,
        document_title=chunk.document_title,
        page=page.index + 1 if page else None,
        page_label=page.label if page else "",
        char_start=start,
        char_end=end,
        generation=index.generation,
    )


def _with_words(index: CourseIndex, published: PublishedChunk, words: str) -> Chunk | None:
    """The chunk that holds the words now; one of the same document and kind before any other."""
    holding = [chunk for chunk in index.chunks if words in chunk.text]
    nearest = sorted(
        holding, key=lambda chunk: (chunk.document_id != published.document_id, chunk.kind != published.kind)
    )
    return nearest[0] if nearest else None


def _in_its_place(index: CourseIndex, published: PublishedChunk) -> Chunk | None:
    """What stands now where the words stood: the definition of the same term, else the start of the same section."""
    same = index.chunks_in(published.document_id)
    if published.term:
        for chunk in same:
            if chunk.kind == published.kind and chunk.term.casefold() == published.term.casefold():
                return chunk
    of_section = [chunk for chunk in same if chunk.heading_path == published.heading_path]
    return min(of_section, key=lambda chunk: abs(chunk.char_start - published.char_start), default=None)
