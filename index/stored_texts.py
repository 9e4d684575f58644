"""The documents and chunks of a generation on the disk, read when they are looked at.

A textbook's chunks stay in memory once they were read; of a shelf of books only those that questions are about.
"""

import functools
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self, overload

from corpus.document_rows import document_row, read_document
from corpus.types import Chunk, Document
from index.id_table import IdTable
from index.mapped_files import MappedLines
from index.rows import embedding_key, read_whole, whole_row

_CHUNKS_KEPT = 20_000  # some 2 KB each
_DOCUMENTS_KEPT = 20_000  # as many, for courses of one document a chunk


class ChunksByPlace(Sequence[Chunk]):
    """Chunks that are fetched one by one, by their places from 0."""

    @abstractmethod
    def at(self, place: int) -> Chunk:
        """The chunk at a place.

        Raises:
            IndexError: If there is no such place.
        """

    @overload
    def __getitem__(self, place: int) -> Chunk: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Chunk, ...]: ...
    def __getitem__(self, place: int | slice) -> Chunk | tuple[Chunk, ...]:
        """A chunk, or some of them."""
        if isinstance(place, slice):
            return tuple(map(self.at, range(len(self))[place]))
        return self.at(place if place >= 0 else place + len(self))


class StoredChunks(ChunksByPlace):
    """The chunks of a generation, row by row."""

    def __init__(self, lines: MappedLines, course_id: str) -> None:
        self._lines = lines
        self._chunk = functools.lru_cache(_CHUNKS_KEPT)(lambda row: read_whole(lines.row(row), course_id))

    @classmethod
    def write(cls, path: Path, chunks: Iterable[Chunk], embedding_keys: Iterable[str]) -> None:
        """Write a new file, a line a chunk."""
        MappedLines.write(path, (whole_row(chunk, key) for chunk, key in zip(chunks, embedding_keys, strict=True)))

    @classmethod
    def load(cls, path: Path, course_id: str) -> Self:
        """Map a file that ``write`` wrote."""
        return cls(MappedLines.load(path), course_id)

    def embedding_keys(self) -> Iterator[str]:
        """The keys under which the chunks' vectors can be used again, row by row."""
        return (embedding_key(self._lines.row(row)) for row in range(len(self)))

    def __len__(self) -> int:
        return len(self._lines)

    def at(self, place: int) -> Chunk:
        """The chunk of a row."""
        return self._chunk(place)


class StoredDocuments(Mapping[str, Document]):
    """The documents of a generation by their ids, in reading order."""

    def __init__(self, lines: MappedLines, ids: IdTable, course_id: str) -> None:
        self._lines = lines
        self._ids = ids
        self._document = functools.lru_cache(_DOCUMENTS_KEPT)(lambda row: read_document(lines.row(row), course_id))

    @classmethod
    def write(cls, path: Path, documents: Sequence[Document]) -> None:
        """Write a new file, a line a document, and their ids to a folder beside it."""
        MappedLines.write(path, map(document_row, documents))
        IdTable.of([document.document_id for document in documents]).save(_ids_of(path))

    @classmethod
    def load(cls, path: Path, course_id: str) -> Self:
        """Map what ``write`` wrote."""
        return cls(MappedLines.load(path), IdTable.load(_ids_of(path)), course_id)

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[str]:
        return (self._ids.id_at(row) for row in range(len(self)))

    def __getitem__(self, document_id: str) -> Document:
        return self._document(self._ids.row(document_id))

    def __contains__(self, document_id: object) -> bool:
        return isinstance(document_id, str) and self._ids.find(document_id) is not None


def _ids_of(path: Path) -> Path:
    return path.with_suffix(".ids")
