"""The seams of the index: an embedder, a source of candidates and a reranker are anything that does this."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from corpus.types import Chunk, Document
from index.candidates import NO_ROWS, Candidates
from index.types import Ints, Matrix, Vector

Progress = Callable[[str, int, int], None]  # stage ("reading", "embedding", ...), done, total


class Embedder(Protocol):
    """Maps text to unit vectors. A query and a passage may be embedded differently."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the vectors would: model, weights, pooling, prompts, precision."""
        ...

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads; the rest is cut off."""
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text`` as this model counts them, special tokens included."""
        ...

    def embed_query(self, query: str) -> Vector:
        """Embed one query."""
        ...

    def embed_queries(self, queries: Sequence[str]) -> Sequence[Vector]:
        """Embed several queries at once, in the order given."""
        ...

    def embed_passages(self, texts: Sequence[str], *, progress: Callable[[int, int], None] | None = None) -> Matrix:
        """Embed passages, in the order given; ``progress`` is told (done, total) after each batch."""
        ...


class CandidateSource(Protocol):
    """Finds the chunks of one generation that are worth ranking for a query, at a cost that the course does not set.

    A row is the number of a chunk in its generation, counted from 0 over all chunks, hidden ones included. Sources must
    agree: equal scores stand by row, and scores are those of ``EmbeddedSource`` but for rounding. Safe to share between
    threads.
    """

    def __len__(self) -> int:
        """How many chunks the generation has, hidden ones included."""
        ...

    def candidates(
        self, query: str, vector: Vector, *, per_signal: int, also: Ints = NO_ROWS, hidden: Ints = NO_ROWS
    ) -> Candidates:
        """The best by meaning, the best by words and some more, each with both scores: one round trip for a database.

        Args:
            query: Compared with the chunks' words, by BM25.
            vector: The query embedded.
            per_signal: How many by inner product, fewer only when fewer are not hidden; and at most how many by BM25,
                of those that score above 0.
            also: Further rows, such as those that define a term which the query names.
            hidden: Rows that are not found in any way, as if they were not there.
        """
        ...

    def vectors(self, rows: Ints) -> Matrix:
        """The vectors of some chunks, in the order given: (n_rows, dim)."""
        ...

    def centre(self) -> Vector:
        """The mean of all vectors, hidden ones included; not normalised."""
        ...


class Searchable(Protocol):
    """What a generation consists of, wherever it is kept: enough to open it."""

    @property
    def documents(self) -> Sequence[Document] | Mapping[str, Document]:
        """The documents of the course in reading order, or the same by their ids."""
        ...

    @property
    def chunks(self) -> Sequence[Chunk]:
        """Its chunks; the row of each is its place here."""
        ...

    @property
    def source(self) -> CandidateSource:
        """What finds the chunks."""
        ...


class Reranker(Protocol):
    """Reads a query and a few chunks together and says how well each answers."""

    def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """One score a text, in the order given; higher is better, and only the order counts."""
        ...
