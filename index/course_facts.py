"""What is known of a generation's chunks before any is read: their ids, their words, what the ranker looks at.

A generation keeps it as files, so that opening a course neither reads its texts nor copies them into every process.
"""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from corpus.types import Chunk
from index.analysis import Analyzer
from index.candidates import NO_ROWS
from index.course_tables import CourseTables
from index.id_table import IdTable
from index.types import Ints, Vocabulary
from index.vocabulary import build_vocabulary

_IDS = "ids"
_DOCUMENTS = "documents"
_TABLES = "tables"
_WORDS = "words.json"


@dataclass(frozen=True, slots=True, eq=False)
class CourseFacts:
    """One generation, row by row, less what is hidden."""

    ids: IdTable  # of the chunks, hidden ones included
    documents: IdTable  # of the documents that have chunks, by their numbers in ``tables.chunks.documents``
    tables: CourseTables
    vocabulary: Vocabulary

    @classmethod
    def of(cls, chunks: Sequence[Chunk], analyzer: Analyzer) -> Self:
        """Read every chunk: a second or less for a textbook."""
        return cls(
            IdTable.of([chunk.chunk_id for chunk in chunks]),
            IdTable.of(list(dict.fromkeys(chunk.document_id for chunk in chunks))),
            CourseTables.of(chunks, analyzer),
            build_vocabulary(chunk.text for chunk in chunks),
        )

    @classmethod
    def load(cls, folder: Path, analyzer: Analyzer) -> Self:
        """Map what ``save`` wrote.

        Raises:
            OSError, ValueError, KeyError: If a file is missing or is not what ``save`` writes.
        """
        tables = CourseTables.load(folder / _TABLES, analyzer)
        frequencies = json.loads((folder / _WORDS).read_bytes())
        return cls(
            IdTable.load(folder / _IDS),
            IdTable.load(folder / _DOCUMENTS),
            tables,
            Vocabulary(frequencies, len(tables)),
        )

    def save(self, folder: Path) -> None:
        """Write to a new folder."""
        folder.mkdir(exist_ok=False)
        self.ids.save(folder / _IDS)
        self.documents.save(folder / _DOCUMENTS)
        self.tables.save(folder / _TABLES)
        words = dict(sorted(self.vocabulary.document_frequency.items()))
        (folder / _WORDS).write_text(json.dumps(words, ensure_ascii=False), "utf-8")

    def rows_in(self, document_ids: Collection[str]) -> Ints:
        """The rows of all chunks that stand in some documents, ascending."""
        if not document_ids:
            return NO_ROWS
        return np.flatnonzero(np.isin(self.tables.chunks.documents, self.documents.rows_of(document_ids)))

    def without(self, hidden: Ints, chunks: Sequence[Chunk]) -> Self:
        """The same as if some of the chunks had never been there; rows stay as they are."""
        less = build_vocabulary(chunks[row].text for row in hidden.tolist())
        left = Counter(self.vocabulary.document_frequency)
        left.subtract(less.document_frequency)
        return type(self)(
            self.ids,
            self.documents,
            self.tables.without(hidden),
            Vocabulary({word: n for word, n in left.items() if n > 0}, self.vocabulary.n_chunks - len(hidden)),
        )
