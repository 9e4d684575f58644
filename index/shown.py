"""What a mask leaves of a generation's chunks and documents, without reading those that nobody looks at."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from corpus.types import Chunk, Document
from index.mask import Mask
from index.stored_texts import ChunksByPlace
from index.types import Ints


def shown_chunks(chunks: Sequence[Chunk], hidden: Ints) -> Sequence[Chunk]:
    """All chunks but those of some rows."""
    return _ShownChunks(chunks, hidden) if len(hidden) else chunks


def shown_documents(documents: Sequence[Document] | Mapping[str, Document], mask: Mask) -> Mapping[str, Document]:
    """The documents by their ids, but those that a mask hides; it cannot be changed."""
    if not isinstance(documents, Mapping):
        documents = MappingProxyType({document.document_id: document for document in documents})
    return _ShownDocuments(documents, mask.document_ids) if mask.document_ids else documents


class _ShownChunks(ChunksByPlace):
    def __init__(self, chunks: Sequence[Chunk], hidden: Ints) -> None:
        self._chunks = chunks
        self._rows = np.setdiff1d(np.arange(len(chunks)), hidden, assume_unique=True)

    def __len__(self) -> int:
        return len(self._rows)

    def at(self, place: int) -> Chunk:
        if not 0 <= place < len(self):
            raise IndexError(place)
        return self._chunks[int(self._rows[place])]


class _ShownDocuments(Mapping[str, Document]):
    def __init__(self, documents: Mapping[str, Document], hidden: frozenset[str]) -> None:
        self._documents = documents
        self._hidden = hidden
        self._n_shown = sum(document_id not in hidden for document_id in documents)

    def __len__(self) -> int:
        return self._n_shown

    def __iter__(self) -> Iterator[str]:
        return (document_id for document_id in self._documents if document_id not in self._hidden)

    def __getitem__(self, document_id: str) -> Document:
        if document_id in self._hidden:
            raise KeyError(document_id)
        return self._documents[document_id]
