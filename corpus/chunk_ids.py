"""Names for chunks that survive re-indexing: made of what a chunk says and where, not of its offsets."""

import hashlib
from collections import Counter

from corpus.types import ChunkKind

_HEX_DIGITS = 24  # 96 bits: no two chunks of a library share a name by chance


class ChunkIds:
    """Gives out the ids of one document's chunks.

    An id is a hash of document id, kind, section path and text without regard to blanks. A chunk that repeats word for
    word in its section is told apart by its number; editing one section leaves the ids of all others as they are.
    """

    def __init__(self, document_id: str) -> None:
        self._document_id = document_id
        self._given: Counter[str] = Counter()

    def next_id(self, kind: ChunkKind, heading_path: tuple[str, ...], text: str) -> str:
        """Return the id of the next chunk, in reading order."""
        key = "\x1f".join((self._document_id, kind, "\x1e".join(heading_path), " ".join(text.split())))
        self._given[key] += 1
        occurrence = self._given[key]
        if occurrence > 1:
            key += f"\x1f{occurrence}"
        return hashlib.sha256(key.encode()).hexdigest()[:_HEX_DIGITS]
