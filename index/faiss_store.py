"""The one door to FAISS: exact inner-product search over the vectors of one course.

Knows rows and numbers, nothing of chunks or text. FAISS files carry no checksum of their own, so whoever loads one
must have verified its bytes first (``index.generations`` does).
"""

from pathlib import Path
from typing import Self

import faiss
import numpy as np
from numpy.typing import NDArray

from index.errors import IndexingError
from index.types import Ints, Matrix, Vector


class FaissStore:
    """An exact ``IndexFlatIP``: a course has thousands of chunks, which one matrix product searches in under 1 ms."""

    def __init__(self, index: "faiss.IndexFlatIP") -> None:
        self._index = index

    @classmethod
    def from_matrix(cls, matrix: Matrix) -> Self:
        """Hold the rows of ``matrix`` (float32, L2-normalised), row number for row number."""
        index = faiss.IndexFlatIP(matrix.shape[1])
        index.add(np.ascontiguousarray(matrix, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file that ``save`` wrote.

        Raises:
            IndexingError: If FAISS cannot read it, or it is not an exact inner-product index.
        """
        content = np.frombuffer(path.read_bytes(), dtype=np.uint8)
        try:
            index = faiss.deserialize_index(content)
        except RuntimeError as error:
            raise IndexingError(f"{path.name}: FAISS cannot read it: {_first_line(error)}") from error
        if not isinstance(index, faiss.IndexFlatIP):
            raise IndexingError(f"{path.name}: holds a {type(index).__name__}, not an exact inner-product index")
        return cls(index)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Numbers per vector."""
        return int(self._index.d)

    def matrix(self) -> Matrix:
        """A copy of all vectors, row by row: float32, (n, dimension)."""
        copy: Matrix = self._index.reconstruct_n(0, len(self)) if len(self) else self._empty()
        return copy

    def vectors(self, rows: Ints) -> Matrix:
        """The vectors of some rows, in the order given: float32, (n_rows, dimension)."""
        return self._index.reconstruct_batch(rows) if len(rows) else self._empty()

    def search(self, query: Vector, top_k: int) -> tuple[list[int], list[float]]:
        """Row numbers and inner products of the nearest vectors, best first; fewer than ``top_k`` if it holds fewer."""
        rows, products = self._nearest(query, top_k)
        return rows.tolist(), products.tolist()

    def inner_products(self, query: Vector) -> NDArray[np.float32]:
        """The inner product of the query with every vector: float32, (n,), row by row.

        On one thread, and without ordering what the caller will order by other signals too: for 7,700 vectors .3 ms,
        where a search for all of them takes 1 ms. NumPy's product of the same matrix wakes a thread pool and took 12 ms
        on two busy cores.
        """
        products = np.empty(len(self), dtype=np.float32)
        if len(self):
            vector = np.ascontiguousarray(query, dtype=np.float32)
            if vector.shape != (self.dimension,):
                raise ValueError(f"a query of {self.dimension} numbers is needed, got {vector.shape}")
            faiss.fvec_inner_products_ny(  # type: ignore[attr-defined]  # faiss's stubs lack it
                faiss.swig_ptr(products), faiss.swig_ptr(vector), self._index.get_xb(), self.dimension, len(self)
            )
        return products

    def save(self, path: Path) -> None:
        """Write to a new file; never over an existing one.

        The bytes are written by Python: ``faiss.write_index`` only logs a disk that is full at the last moment, and it
        empties its target first, which once destroyed a live index.

        Raises:
            FileExistsError: If ``path`` exists.
            OSError: If the disk is full or fails.
        """
        with path.open("xb") as file:
            file.write(faiss.serialize_index(self._index).data)

    def _nearest(self, query: Vector, top_k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        if query.shape != (self.dimension,):
            raise ValueError(f"query has shape {query.shape}, the index holds vectors of {self.dimension} numbers")
        n_found = min(top_k, len(self))
        if n_found < 1:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        products, rows = self._index.search(np.ascontiguousarray(query, dtype=np.float32).reshape(1, -1), n_found)
        found = rows[0] >= 0  # FAISS pads missing neighbours with row -1
        return rows[0][found], products[0][found]

    def _empty(self) -> Matrix:
        return np.empty((0, self.dimension), dtype=np.float32)


def _first_line(error: RuntimeError) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
