"""Vectors and BM25 weights in PostgreSQL's binary forms, and back. Knows bytes and arrays, no SQL.

``halfvec``: dimension, 0 (int16 each), then float16 each. ``sparsevec``: dimension, count, 0 (int32 each), the places
of the numbers that are not zero (int32, from 0, ascending), then the numbers (float32). Everything is big-endian.
"""

import hashlib
import struct
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.lexical_rows import RowWeights
from index.types import Matrix, Vector

MAX_WORDS = 16_000  # different terms of one chunk: pgvector's limit of numbers that are not zero

_HALF = struct.Struct(">hh")
_SPARSE = struct.Struct(">iii")


def halfvecs(matrix: Matrix) -> list[bytes]:
    """Each row of a matrix; rounded to eleven significant bits, which moves a cosine by some 0.0001."""
    head = _HALF.pack(matrix.shape[1], 0)
    rounded = np.ascontiguousarray(matrix, dtype=">f2")
    return [head + row.tobytes() for row in rounded]


def read_halfvecs(fields: Sequence[bytes], dimension: int) -> Matrix:
    """The matrix of ``halfvec`` fields: float32, (n, dimension).

    Raises:
        ValueError: They have another dimension.
    """
    joined = np.frombuffer(b"".join(fields), dtype=">f2")
    return joined.reshape(len(fields), 2 + dimension)[:, 2:].astype(np.float32)


def dimension_of(field: bytes) -> int:
    """How many numbers a ``halfvec`` has."""
    dimension: int = _HALF.unpack_from(field)[0]
    return dimension


def read_vector(field: bytes) -> Vector:
    """The numbers of a ``vector``, whose head is that of a ``halfvec``."""
    return np.frombuffer(field, dtype=">f4", offset=_HALF.size).astype(np.float32)


def sparsevecs(weights: RowWeights) -> list[bytes]:
    """The weights of each chunk.

    Raises:
        ValueError: A chunk has more different terms than pgvector takes.
    """
    terms, numbers = weights.terms.astype(">i4"), weights.weights.astype(">f4")
    fields = []
    for start, end in zip(weights.starts[:-1].tolist(), weights.starts[1:].tolist(), strict=True):
        if end - start > MAX_WORDS:
            raise ValueError(f"a chunk has {end - start} different words, PostgreSQL takes {MAX_WORDS}")
        head = _SPARSE.pack(weights.n_terms, end - start, 0)
        fields.append(head + terms[start:end].tobytes() + numbers[start:end].tobytes())
    return fields


def read_sparsevecs(fields: Sequence[bytes], n_terms: int) -> RowWeights:
    """The weights in ``sparsevec`` fields.

    Raises:
        ValueError: A field is not of so many terms.
    """
    starts = np.zeros(len(fields) + 1, np.int64)
    terms: list[NDArray[np.int32]] = []
    numbers: list[NDArray[np.float32]] = []
    for row, field in enumerate(fields):
        dimension, count, _ = _SPARSE.unpack_from(field)
        if dimension != n_terms:
            raise ValueError(f"weights of {dimension} terms, not of {n_terms}")
        starts[row + 1] = starts[row] + count
        terms.append(np.frombuffer(field, ">i4", count, _SPARSE.size).astype(np.int32))
        numbers.append(np.frombuffer(field, ">f4", count, _SPARSE.size + 4 * count).astype(np.float32))
    empty = np.empty(0)
    return RowWeights(
        n_terms,
        starts,
        np.concatenate(terms) if terms else empty.astype(np.int32),
        np.concatenate(numbers) if numbers else empty.astype(np.float32),
    )


def hash_of_rows(fields: Iterable[tuple[bytes, bytes]]) -> str:
    """SHA-256 of the SHA-256 of each row's two fields: what the database can compute without sending them."""
    digest = hashlib.sha256()
    for embedding, weights in fields:
        digest.update(hashlib.sha256(embedding + weights).digest())
    return digest.hexdigest()


def vector_text(vector: Vector) -> str:
    """A query's vector as a parameter, to be cast."""
    return "[" + ",".join(map(repr, vector.astype(np.float32).tolist())) + "]"


def sparse_text(numbers: Mapping[int, int], n_terms: int) -> str:
    """How often a query says each term, as a parameter, to be cast; places are counted from 1 there."""
    return "{" + ",".join(f"{term + 1}:{n}" for term, n in sorted(numbers.items())) + f"}}/{max(n_terms, 1)}"
