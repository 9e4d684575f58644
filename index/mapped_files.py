"""Files of a generation read where they lie: arrays, and JSON lines one at a time. Knows nothing of what they say.

What is mapped is in memory once, however many processes serve it, and only as far as it is used. A file that is mapped
must never be written to or cut: generations are not, and one that is pruned stays readable to whoever has it open.
"""

import json
import mmap
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from corpus.document_rows import Row, to_lines
from index.types import Ints


def mapped_array(path: Path) -> NDArray[Any]:
    """An array that ``np.save`` wrote, as plain to NumPy as one in memory.

    Slices of a ``memmap`` are memmaps again, which cost Python calls at every step; what is mapped stays mapped.
    """
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


class MappedLines:
    """The lines of one file; immutable, and shared with every process that maps it."""

    def __init__(self, content: "mmap.mmap | bytes", starts: Ints) -> None:
        self._content = content
        self._starts = starts

    @classmethod
    def write(cls, path: Path, rows: Iterable[Row]) -> None:
        """Write a new file of rows, and where each begins to one beside it."""
        starts = [0]
        with path.open("xb") as file:
            for row in rows:
                starts.append(starts[-1] + file.write(to_lines([row])))
        with _starts_of(path).open("xb") as file:
            np.save(file, np.array(starts, dtype=np.int64), allow_pickle=False)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Map what ``write`` wrote.

        Raises:
            ValueError: If the two files do not belong together.
        """
        starts = mapped_array(_starts_of(path))
        size = path.stat().st_size
        if not len(starts) or starts[-1] != size:
            raise ValueError(f"{path.name} has {size} bytes, which is not where its last line ends")
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        return cls(content, starts)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def row(self, number: int) -> Row:
        """The row on a line, from 0.

        Raises:
            IndexError: If there is no such line.
        """
        if not 0 <= number < len(self):
            raise IndexError(number)
        row: Row = json.loads(self._content[self._starts[number] : self._starts[number + 1]])
        return row


def _starts_of(path: Path) -> Path:
    return path.with_suffix(".starts.npy")
