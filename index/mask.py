"""What a course no longer shows, though its live generation still holds it: deleted documents, hidden passages."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from corpus.types import Chunk


@dataclass(frozen=True, slots=True)
class Mask:
    """Ids of what must not be found, listed, counted or shown."""

    document_ids: frozenset[str] = frozenset()
    chunk_ids: frozenset[str] = frozenset()

    def hides(self, chunk: Chunk) -> bool:
        """Whether the chunk is one of them, or stands in one of them."""
        return chunk.document_id in self.document_ids or chunk.chunk_id in self.chunk_ids

    def hiding(self, *, document_ids: Iterable[str] = (), chunk_ids: Iterable[str] = ()) -> Self:
        """The mask that hides these as well."""
        return type(self)(self.document_ids.union(document_ids), self.chunk_ids.union(chunk_ids))

    def showing(self, chunk_ids: Iterable[str]) -> Self:
        """The mask that hides these passages no longer."""
        return type(self)(self.document_ids, self.chunk_ids.difference(chunk_ids))


NOTHING_HIDDEN = Mask()
