"""Sketches of vectors, four bits for every two numbers: all of a large course read in a millisecond or two.

Unlike a graph or lists of clusters, which follow a query to where it should lie, a sketch is compared with every
vector, so that a question off the topic finds its nearest chunks as surely as one on it. What looks near is measured
exactly afterwards (``index.faiss_store``).

Source: André, Kermarrec and Le Scouarnec, "Quicker ADC: Unlocking the Hidden Potential of Product Quantization with
SIMD", TPAMI 2021.
"""

from pathlib import Path
from typing import Self

import faiss
import numpy as np

from index.errors import IndexingError
from index.types import Ints, Matrix, Vector

_BITS = 4  # what SIMD registers can look up
_NUMBERS_EACH = 2  # numbers per four bits: 96 bytes a vector of 384. With 3 numbers, 800 looked at find .971 off topic
_SAMPLE = 20_000  # vectors that the sixteen values are fitted on
_ROUNDS = 10
_SEED = 1234


class FaissSketch:
    """The sketches of all vectors of one course; safe to share between threads."""

    def __init__(self, index: "faiss.IndexPQFastScan") -> None:
        self._index = index

    @classmethod
    def of(cls, matrix: Matrix) -> Self:
        """Sketch the rows of ``matrix``: some ten seconds, however many there are."""
        n, dimension = matrix.shape
        parts = dimension // _NUMBERS_EACH if dimension % _NUMBERS_EACH == 0 else dimension
        index = faiss.IndexPQFastScan(dimension, parts, _BITS, faiss.METRIC_INNER_PRODUCT)
        index.pq.cp.niter = _ROUNDS
        index.pq.cp.max_points_per_centroid = _SAMPLE // 2**_BITS
        index.pq.cp.seed = _SEED
        sample = np.random.default_rng(_SEED).choice(n, size=min(n, _SAMPLE), replace=False)
        index.train(np.ascontiguousarray(matrix[np.sort(sample)]))
        index.add(np.ascontiguousarray(matrix))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file that ``save`` wrote.

        Raises:
            IndexingError: If FAISS cannot read it, or it holds something else.
        """
        try:
            index = faiss.read_index(str(path))
        except RuntimeError as error:
            raise IndexingError(f"{path.name}: FAISS cannot read it") from error
        if not isinstance(index, faiss.IndexPQFastScan):
            raise IndexingError(f"{path.name}: holds a {type(index).__name__}, not sketches")
        return cls(index)

    def save(self, path: Path) -> None:
        """Write to a new file; never over an existing one.

        Raises:
            FileExistsError: If ``path`` exists.
            OSError: If the disk is full or fails.
        """
        with path.open("xb") as file:
            file.write(faiss.serialize_index(self._index).data)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def likely_nearest(self, query: Vector, n: int) -> Ints:
        """Rows of the ``n`` vectors whose sketches look nearest, ascending."""
        _, rows = self._index.search(np.ascontiguousarray(query, dtype=np.float32).reshape(1, -1), min(n, len(self)))
        found: Ints = np.sort(rows[0][rows[0] >= 0])  # FAISS pads missing neighbours with row -1
        return found
