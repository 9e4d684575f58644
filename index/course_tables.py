"""What the ranker needs to know of every chunk of a course, whatever the query: computed once, kept as flat arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from corpus.types import Chunk, ChunkKind
from index.analysis import Analyzer
from index.mapped_files import mapped_array
from index.term_table import TermTable, heading_text, runs
from index.types import Ints

_LARGEST_SECTION = 150  # a heading over more chunks than this ("Key Terms") says nothing about any of them
_KIND_COLUMN: dict[ChunkKind, int] = {"definition": 0, "takeaway": 1}


@dataclass(frozen=True, slots=True, eq=False)
class ChunkArrays:
    """One entry a chunk, row by row, but for the last two."""

    documents: NDArray[np.int32]  # (n_chunks,), equal numbers for chunks of one document
    constant: NDArray[np.float32]  # (n_chunks, 3): is_definition, is_takeaway, log_length
    sections: NDArray[np.int32]  # (n_chunks, most), the headings each chunk stands under, numbered from 1; 0 for none
    heading_starts: Ints  # (n_chunks + 1,), where each chunk's terms start in ``heading_terms``
    heading_terms: NDArray[np.int32]  # the terms of the headings by number, each once a chunk

    @classmethod
    def of(cls, chunks: Sequence[Chunk], terms: TermTable, analyzer: Analyzer) -> Self:
        """Read every chunk once."""
        document_numbers: dict[str, int] = {}
        heading_terms = [sorted(terms.numbers[t] for t in set(analyzer.terms(heading_text(c)))) for c in chunks]
        return cls(
            documents=np.array(
                [document_numbers.setdefault(chunk.document_id, len(document_numbers)) for chunk in chunks], np.int32
            ),
            constant=np.stack(
                [
                    np.array([chunk.kind == "definition" for chunk in chunks], np.float32),
                    np.array([chunk.kind == "takeaway" for chunk in chunks], np.float32),
                    np.log1p(np.diff(terms.starts)).astype(np.float32),
                ],
                axis=1,
            ),
            sections=_numbered_sections(chunks),
            heading_starts=np.cumsum([0, *map(len, heading_terms)]),
            heading_terms=np.array([number for numbers in heading_terms for number in numbers], np.int32),
        )


@dataclass(frozen=True, slots=True, eq=False)
class CourseTables:
    """The chunks of a generation as a query meets them, less those that are hidden."""

    analyzer: Analyzer
    terms: TermTable
    chunks: ChunkArrays
    is_small: NDArray[np.bool_]  # (n_sections + 1,), of each heading; False for 0, which is none

    @classmethod
    def of(cls, chunks: Sequence[Chunk], analyzer: Analyzer) -> Self:
        """Compute the tables of a course."""
        terms = TermTable.build(chunks, analyzer)
        return cls._seen(analyzer, terms, ChunkArrays.of(chunks, terms, analyzer))

    @classmethod
    def load(cls, folder: Path, analyzer: Analyzer) -> Self:
        """Map what ``save`` wrote.

        Raises:
            OSError, ValueError, KeyError: If a file is missing or is not what ``save`` writes.
        """
        arrays = {field.name: mapped_array(folder / f"{field.name}.npy") for field in fields(ChunkArrays)}
        return cls._seen(analyzer, TermTable.load(folder / "terms"), ChunkArrays(**arrays))

    def save(self, folder: Path) -> None:
        """Write to a new folder: arrays (.npy) and the terms (.json)."""
        folder.mkdir(exist_ok=False)
        for field in fields(ChunkArrays):
            np.save(folder / f"{field.name}.npy", getattr(self.chunks, field.name), allow_pickle=False)
        self.terms.save(folder / "terms")

    def without(self, hidden: Ints) -> Self:
        """The same as if some chunks had never been there; rows stay as they are."""
        seen = np.ones(len(self.chunks.documents), dtype=np.bool_)
        seen[hidden] = False
        return replace(
            self, terms=self.terms.without(hidden), is_small=_small(self.chunks.sections[seen], len(self.is_small))
        )

    def __len__(self) -> int:
        return len(self.chunks.documents)

    def rows_of_kind(self, kind: ChunkKind) -> Ints:
        """The rows of all definitions, takeaways or passages, hidden ones included; ascending."""
        if kind in _KIND_COLUMN:
            return np.flatnonzero(self.chunks.constant[:, _KIND_COLUMN[kind]])
        return np.flatnonzero(~self.chunks.constant[:, :2].any(axis=1))

    def small_sections(self, rows: Ints) -> NDArray[np.int32]:
        """The headings that some chunks stand under, (n_rows, most), where they say something; 0 elsewhere."""
        sections = self.chunks.sections[rows]
        small: NDArray[np.int32] = sections * self.is_small[sections]
        return small

    def match_headings(self, terms: Sequence[str], rows: Ints) -> tuple[Ints, Ints]:
        """Where a query's terms, each given once, stand in the headings of some chunks: which chunk, which term."""
        lengths = self.heading_lengths(rows)
        own = np.repeat(np.arange(len(rows)), lengths)
        return self.terms.among(terms, self.chunks.heading_terms[runs(self.chunks.heading_starts[rows], lengths)], own)

    def heading_lengths(self, rows: Ints) -> Ints:
        """How many terms the heading of each of some chunks has."""
        lengths: Ints = self.chunks.heading_starts[rows + 1] - self.chunks.heading_starts[rows]
        return lengths

    @classmethod
    def _seen(cls, analyzer: Analyzer, terms: TermTable, chunks: ChunkArrays) -> Self:
        n_sections = int(chunks.sections.max(initial=0)) + 1
        return cls(analyzer, terms, chunks, _small(chunks.sections, n_sections))


def _small(sections: NDArray[np.int32], n_sections: int) -> NDArray[np.bool_]:
    small = np.bincount(sections.ravel(), minlength=n_sections) <= _LARGEST_SECTION
    small[0] = False
    return small


def _numbered_sections(chunks: Sequence[Chunk]) -> NDArray[np.int32]:
    """Number the headings; the same words are the same heading anywhere."""
    numbers: dict[str, int] = {}

    def under() -> Iterator[list[int]]:
        for chunk in chunks:
            yield sorted({numbers.setdefault(each.casefold(), len(numbers) + 1) for each in chunk.heading_path})

    of_chunks = list(under())
    table = np.zeros((len(chunks), max(map(len, of_chunks), default=0) or 1), dtype=np.int32)
    for row, sections in enumerate(of_chunks):
        table[row, : len(sections)] = sections
    return table
