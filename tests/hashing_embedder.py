"""A fast embedder for unit tests: words are hashed to directions, so texts that share words are near each other."""

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from index.analysis import words
from index.types import Matrix, Vector


class HashingEmbedder:
    """A bag of words, each a fixed random direction; deterministic, without a model. ``embedded`` lists what it got."""

    def __init__(self, *, dimension: int = 32, name: str = "hashing") -> None:
        self.dimension = dimension
        self.fingerprint = f"{name}@{dimension}"
        self.max_tokens = 256
        self.embedded: list[str] = []

    def count_tokens(self, text: str) -> int:
        return len(words(text)) + 2

    def embed_query(self, query: str) -> Vector:
        return self._embed(query)

    def embed_queries(self, queries: Sequence[str]) -> list[Vector]:
        return [self._embed(query) for query in queries]

    def embed_passages(self, texts: Sequence[str], *, progress: Callable[[int, int], None] | None = None) -> Matrix:
        self.embedded += texts
        matrix = np.array([self._embed(text) for text in texts], dtype=np.float32).reshape(len(texts), self.dimension)
        if progress is not None:
            progress(len(texts), len(texts))
        return matrix

    def _embed(self, text: str) -> Vector:
        total = np.zeros(self.dimension)
        for word in words(text) or [""]:
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
            total += np.random.default_rng(seed).normal(size=self.dimension)
        vector: Vector = (total / np.linalg.norm(total)).astype(np.float32)
        return vector
