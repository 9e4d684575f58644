"""Numbers written for people: 3, 7, 8 and 9 are "3, 7-9"."""

from collections.abc import Iterable

_MAX_RANGES = 12


def number_ranges(numbers: Iterable[int]) -> str:
    """Write ascending numbers with ranges; after a dozen of them, how many more there are."""
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in ranges[:_MAX_RANGES]]
    n_more = sum(last - first + 1 for first, last in ranges[_MAX_RANGES:])
    return ", ".join(shown) + (f" and {n_more} more" if n_more else "")
