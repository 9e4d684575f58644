"""Which passages of an index hold words that an instructor has hidden, wherever they stand and whatever their id.

Hiding is by chunk before anything is ranked (``index.mask``), so a longer passage that holds the hidden words is hidden
with them: no answer may quote them. A re-index may cut the course otherwise; the words are then found again.
"""

from dataclasses import replace

from sqlalchemy import Connection

from corpus.types import Chunk
from index.course_index import CourseIndex
from tutor.state import curation
from tutor.state.curation import HiddenPassage

_FEWEST_WORDS = 4  # a passage of fewer words stands in too many others by chance


def holding(words: str, index: CourseIndex) -> tuple[Chunk, ...]:
    """The passages that say the hidden words, or a part of them and nothing else."""
    hidden = _folded(words)
    return tuple(chunk for chunk in index.chunks if _says(_folded(chunk.text), hidden))


def hide_again(connection: Connection, index: CourseIndex) -> int:
    """Hide what an index, not yet live, cuts otherwise; how many passages of it are new among the hidden ones."""
    known = curation.hidden(connection, index.course_id)
    ids = {passage.chunk_id for passage in known}
    n_new = 0
    for passage in known:
        for chunk in holding(passage.text, index):
            if chunk.chunk_id not in ids:
                ids.add(chunk.chunk_id)
                curation.hide(connection, _of(passage, chunk))
                n_new += 1
    return n_new


def _says(text: str, hidden: str) -> bool:
    return hidden in text or (text in hidden and len(text.split()) >= _FEWEST_WORDS)


def _of(passage: HiddenPassage, chunk: Chunk) -> HiddenPassage:
    return replace(passage, chunk_id=chunk.chunk_id, document_id=chunk.document_id)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
