"""The one door to FAISS, with ``index.faiss_sketch``: nearest neighbours by inner product over one course's vectors.

Knows rows and numbers, nothing of chunks or text. FAISS files carry no checksum of their own, so whoever loads one
must have verified its bytes first (``index.generations`` does).
"""

from pathlib import Path
from typing import Self

import faiss
import numpy as np
from numpy.typing import NDArray

from index.candidates import NO_ROWS, best_places
from index.errors import IndexingError
from index.faiss_sketch import FaissSketch
from index.types import Ints, Matrix, Scores, Vector

SKETCHED_FROM = 20_000  # vectors; below, comparing with all of them is as fast as sketches are
_LOOKED_AT = 800  # vectors measured exactly: they hold .995 of the best 40 off topic and .9998 on it, of 500,000
_LOOKED_AT_EACH = 16  # for each one wanted, where more are wanted than usual


class FaissStore:
    """The vectors of a course as they are, and in a large course their sketches beside them.

    Inner products are always exact. Which vectors are the nearest is exact in a course of up to ``SKETCHED_FROM``
    chunks; in a larger one recall@10 is .999 and more at 500,000 (docs/evaluation.md).
    """

    def __init__(self, index: "faiss.IndexFlatIP", sketch: FaissSketch | None = None) -> None:
        self._index = index
        self._sketch = sketch

    @classmethod
    def from_matrix(cls, matrix: Matrix) -> Self:
        """Hold the rows of ``matrix`` (float32, L2-normalised), row number for row number; without sketches."""
        index = faiss.IndexFlatIP(matrix.shape[1])
        index.add(np.ascontiguousarray(matrix, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Map a file that ``save`` wrote: processes that load the same file share its pages, and none reads it all.

        Raises:
            IndexingError: If FAISS cannot read it, or it is not an exact inner-product index.
        """
        try:
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise IndexingError(f"{path.name}: FAISS cannot read it: {_first_line(error)}") from error
        if not isinstance(index, faiss.IndexFlatIP):
            raise IndexingError(f"{path.name}: holds a {type(index).__name__}, not an exact inner-product index")
        beside = _beside(path)
        return cls(index, FaissSketch.load(beside) if beside.exists() else None)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Numbers per vector."""
        return int(self._index.d)

    def matrix(self) -> Matrix:
        """A copy of all vectors, row by row: float32, (n, dimension)."""
        return np.array(self._all())

    def mean(self) -> Vector:
        """The mean of all vectors; zero when there is none."""
        mean: Vector = self._all().mean(axis=0) if len(self) else np.zeros(self.dimension, dtype=np.float32)
        return mean

    def vectors(self, rows: Ints) -> Matrix:
        """The vectors of some rows, in the order given: float32, (n_rows, dimension)."""
        return self._all()[rows]

    def nearest(self, query: Vector, n: int, *, hidden: Ints = NO_ROWS) -> Ints:
        """The rows of the ``n`` nearest vectors that are not hidden, in no order; fewer only if there are fewer."""
        if self._sketch is None:
            products = self.inner_products(query)
            products[hidden] = -np.inf
            return best_places(products, min(n, len(self) - len(hidden)))
        n_looked_at = enough = max(_LOOKED_AT, _LOOKED_AT_EACH * n)
        while n_looked_at + len(hidden) < len(self):
            rows = np.setdiff1d(self._sketch.likely_nearest(query, n_looked_at), hidden, assume_unique=True)
            if 2 * len(rows) >= enough:
                return rows[best_places(products_with(query, self.vectors(rows)), n)]
            n_looked_at *= 4  # most of them are hidden: look further
        rows = np.setdiff1d(np.arange(len(self)), hidden, assume_unique=True)
        return rows[best_places(self.inner_products(query)[rows], n)]

    def inner_products(self, query: Vector) -> NDArray[np.float32]:
        """The inner product of the query with every vector: float32, (n,), row by row."""
        return products_with(query, self._all())

    def save(self, path: Path) -> None:
        """Write to a new file, and the sketches to one beside it; never over an existing one.

        The bytes are written by Python: ``faiss.write_index`` only logs a disk that is full at the last moment, and it
        empties its target first, which once destroyed a live index.

        Raises:
            FileExistsError: If ``path`` exists.
            OSError: If the disk is full or fails.
        """
        with path.open("xb") as file:
            file.write(faiss.serialize_index(self._index).data)
        if len(self) >= SKETCHED_FROM:  # made here, as some only hand the vectors on: it takes seconds
            (self._sketch or FaissSketch.of(self._all())).save(_beside(path))

    def _all(self) -> Matrix:
        """All vectors where they lie, in memory or in the mapped file: not to be kept longer than this store."""
        n_numbers = len(self) * self.dimension
        if not n_numbers:
            return np.empty((len(self), self.dimension), dtype=np.float32)
        flat: Matrix = faiss.rev_swig_ptr(self._index.get_xb(), n_numbers)
        return flat.reshape(len(self), self.dimension)


def products_with(query: Vector, matrix: Matrix) -> Scores:
    """The inner product of a query with every row: on one thread, and without ordering what others will order.

    For 7,700 vectors .3 ms, where a search for all of them takes 1 ms. NumPy's product of the same matrix wakes a
    thread pool and took 12 ms on two busy cores.
    """
    n, dimension = matrix.shape
    if query.shape != (dimension,):
        raise ValueError(f"a query of {dimension} numbers is needed, got {query.shape}")
    products = np.empty(n, dtype=np.float32)
    if n:
        vector = np.ascontiguousarray(query, dtype=np.float32)
        faiss.fvec_inner_products_ny(  # type: ignore[attr-defined]  # faiss's stubs lack it
            faiss.swig_ptr(products), faiss.swig_ptr(vector), faiss.swig_ptr(matrix), dimension, n
        )
    return products


def _beside(path: Path) -> Path:
    return path.with_suffix(f".sketch{path.suffix}")


def _first_line(error: RuntimeError) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
