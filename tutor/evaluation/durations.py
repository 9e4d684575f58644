"""Milliseconds summed up as percentiles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np


@dataclass(frozen=True, slots=True)
class Percentiles:
    """The median and the slow end of measured durations, in milliseconds."""

    n: int
    p50_ms: float
    p95_ms: float

    @classmethod
    def of(cls, durations_ms: Sequence[float]) -> Self:
        """Sum up at least one duration; percentiles between two of them are interpolated."""
        p50, p95 = np.percentile(durations_ms, [50, 95])
        return cls(len(durations_ms), round(float(p50), 3), round(float(p95), 3))
