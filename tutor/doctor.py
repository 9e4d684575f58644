"""Health of an opened index: every chunk must stand in its document, word for word, where it says it does."""

from dataclasses import dataclass

from index.course_index import CourseIndex


@dataclass(frozen=True, slots=True)
class Finding:
    """What the doctor found for one course."""

    course_id: str
    healthy: bool
    detail: str


def check_citations(index: CourseIndex) -> Finding:
    """Check that ``document.text[char_start:char_end]`` is the text of every chunk of a generation that opened.

    Sizes, hashes and counts were checked on opening; this is the invariant that citations rest on.
    """
    for chunk in index.chunks:
        document = index.documents.get(chunk.document_id)
        if document is None or document.text[chunk.char_start : chunk.char_end] != chunk.text:
            detail = f"chunk {chunk.chunk_id} is not in its document; rebuild: course-tutor index <folder> --rebuild"
            return Finding(index.course_id, healthy=False, detail=detail)
    detail = (
        f"generation {index.generation}: {len(index.documents)} documents, {len(index.chunks)} chunks, all in place"
    )
    return Finding(index.course_id, healthy=True, detail=detail)
