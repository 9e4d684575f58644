"""Pack sentences into passages of even size that fit a limit, as TeX breaks lines: the best breaks, not the first.

Knows sizes and preferred breaks; knows nothing of documents.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_TARGET_SHARE = 0.75  # of the limit; not tuned. Fuller passages leave no room, emptier ones lose context
_LEAD_IN_SHARE = 0.2  # of the limit: what may stand before a table or code block that is too large by itself
_MID_PARAGRAPH = 0.15  # cost of a break inside a paragraph, in squared shares of the limit; not tuned
_AFTER_LEAD_IN = 0.5  # cost of parting "as follows:" from what follows


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that is never cut: a sentence, a formula, a table."""

    tokens: int  # its size, at least 1
    ends_paragraph: bool
    leads_in: bool  # announces what follows: it ends with a colon


def pack(pieces: Sequence[Piece], max_tokens: int) -> list[range]:
    """Group consecutive pieces so that each group fits ``max_tokens``, sizes are even and breaks fall well.

    Minimises the sum over groups of the squared distance from the target size plus the cost of the break after it.
    A piece larger than the limit ends a group of its own; only a short lead-in ("Let's implement it:") may come before
    it. Everything that fits into one group is one group.

    Returns:
        Ranges of piece numbers, in order, together covering all pieces.
    """
    if not pieces:
        return []
    sizes = [max(1, piece.tokens) for piece in pieces]
    if sum(sizes) <= max_tokens:
        return [range(len(pieces))]
    target = max_tokens * _TARGET_SHARE
    best_cost = [0.0]
    best_start = [0]
    for end in range(1, len(pieces) + 1):
        break_cost = 0.0 if end == len(pieces) else _break_cost(pieces[end - 1])
        cheapest, cheapest_start, size = float("inf"), end - 1, 0
        oversized = sizes[end - 1] > max_tokens
        limit = sizes[end - 1] + max_tokens * _LEAD_IN_SHARE if oversized else max_tokens
        for start in range(end - 1, -1, -1):
            size += sizes[start]
            if size > limit and start < end - 1:
                break
            distance = (min(size, max_tokens) - target) / max_tokens
            cost = best_cost[start] + distance * distance + break_cost
            if cost < cheapest:
                cheapest, cheapest_start = cost, start
        best_cost.append(cheapest)
        best_start.append(cheapest_start)
    return _ranges(best_start)


def _break_cost(piece: Piece) -> float:
    if piece.leads_in:
        return _AFTER_LEAD_IN
    return 0.0 if piece.ends_paragraph else _MID_PARAGRAPH


def _ranges(best_start: Sequence[int]) -> list[range]:
    groups: list[range] = []
    end = len(best_start) - 1
    while end > 0:
        start = best_start[end]
        groups.append(range(start, end))
        end = start
    return groups[::-1]
