"""The seams of the index: an embedder and a vector store are anything that does this."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from index.types import Matrix, Vector

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


class VectorStore(Protocol):
    """Exact or approximate nearest neighbours by inner product over the vectors of one course."""

    def __len__(self) -> int:
        """How many vectors it holds."""
        ...

    def search(self, query: Vector, top_k: int) -> tuple[list[int], list[float]]:
        """Row numbers and inner products of the nearest vectors, best first; fewer than ``top_k`` if it holds fewer."""
        ...

    def save(self, path: Path) -> None:
        """Write to a new file; never over an existing one."""
        ...


class Reranker(Protocol):
    """Reads a query and a few chunks together and says how well each answers."""

    def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """One score a text, in the order given; higher is better, and only the order counts."""
        ...
