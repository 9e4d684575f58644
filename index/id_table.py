"""Ids and their rows, in arrays that processes share: what a dictionary of half a million ids would copy into each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.mapped_files import mapped_array
from index.types import Ints


@dataclass(frozen=True, slots=True, eq=False)
class IdTable:
    """Finds the row of an id."""

    ids: NDArray[np.bytes_]  # (n,), UTF-8, sorted
    rows: NDArray[np.int32]  # (n,), the row of each
    places: NDArray[np.int32]  # (n,), the other way round: where each row's id stands among the sorted ones

    @classmethod
    def of(cls, ids: Sequence[str]) -> Self:
        """A table of ids, each of the row where it stands."""
        encoded = np.array([each.encode() for each in ids], dtype=np.bytes_)
        rows = np.argsort(encoded, kind="stable").astype(np.int32)
        places = np.empty_like(rows)
        places[rows] = np.arange(len(rows), dtype=np.int32)
        return cls(encoded[rows], rows, places)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Map what ``save`` wrote.

        Raises:
            OSError, ValueError: If a file is missing or is not what ``save`` writes.
        """
        return cls(*(mapped_array(folder / f"{field.name}.npy") for field in fields(cls)))

    def save(self, folder: Path) -> None:
        """Write to a new folder."""
        folder.mkdir(exist_ok=False)
        for field in fields(self):
            np.save(folder / f"{field.name}.npy", getattr(self, field.name), allow_pickle=False)

    def __len__(self) -> int:
        return len(self.rows)

    def find(self, each: str) -> int | None:
        """The row of an id; None when there is no such id."""
        encoded = each.encode("utf-8", "replace")
        place = int(np.searchsorted(self.ids, np.bytes_(encoded)))
        return int(self.rows[place]) if place < len(self.ids) and self.ids[place] == encoded else None

    def row(self, each: str) -> int:
        """The row of an id.

        Raises:
            KeyError: If there is no such id.
        """
        if (row := self.find(each)) is None:
            raise KeyError(each)
        return row

    def id_at(self, row: int) -> str:
        """The id of a row."""
        encoded: bytes = self.ids[self.places[row]]
        return encoded.decode()

    def rows_each(self, ids: Sequence[str]) -> Ints:
        """The rows of some ids, one for one.

        Raises:
            KeyError: If there is no such id.
        """
        wanted = np.array([each.encode("utf-8", "replace") for each in ids], dtype=np.bytes_)
        if not len(wanted):
            return np.empty(0, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        if (missing := np.flatnonzero(self.ids[places] != wanted)).size:
            raise KeyError(ids[int(missing[0])])
        return self.rows[places].astype(np.int64)

    def rows_of(self, ids: Iterable[str]) -> Ints:
        """The rows of those ids that there are, ascending."""
        wanted = np.array([each.encode("utf-8", "replace") for each in ids], dtype=np.bytes_)
        if not len(wanted) or not len(self.ids):
            return np.empty(0, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        return np.unique(self.rows[places[self.ids[places] == wanted]]).astype(np.int64)
