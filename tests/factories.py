"""Short ways to make the things that tests talk about."""

from corpus.types import Chunk, ChunkKind, Span
from index.types import ScoredChunk, Signals


def make_chunk(
    *sentences: str,
    kind: ChunkKind = "passage",
    term: str = "",
    document_id: str = "stars",
    start: int = 0,
    heading_path: tuple[str, ...] = ("Stars",),
) -> Chunk:
    """A chunk whose text is its sentences joined by spaces, standing at ``start`` of its document."""
    text = " ".join(sentences)
    spans = []
    position = start
    for sentence in sentences:
        spans.append(Span(position, position + len(sentence)))
        position += len(sentence) + 1
    return Chunk(
        chunk_id=f"{document_id}-{kind}-{start}-{abs(hash(text))}",
        course_id="astronomy",
        document_id=document_id,
        document_title="Stars",
        kind=kind,
        heading_path=heading_path,
        text=text,
        char_start=start,
        char_end=start + len(text),
        sentences=tuple(spans),
        term=term,
    )


def make_evidence(*chunks: Chunk, dense: float = 0.7, glossary: float = 0.0) -> tuple[ScoredChunk, ...]:
    """The chunks as a ranking, best first, all equally similar to the query."""
    return tuple(
        ScoredChunk(chunk, score=1 / rank, rank=rank, signals=Signals(dense, dense, 1.0, glossary))
        for rank, chunk in enumerate(chunks, start=1)
    )
