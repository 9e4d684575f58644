"""Sizes of units in tokens, and the cutting of what is far too large.

Counting is the costly part of chunking, so every unit is counted once and a megabyte without a full stop never whole.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from corpus.text_units import Unit

_CUT_BEYOND = 4  # times the limit: a sentence up to this long is kept whole
_COUNTED_CHARS = 20_000  # a longer unit is estimated
_MOST_CHARS_PER_TOKEN = 16  # WordPiece counts a word of a thousand letters as one unknown token; a reader does not
_CHARS_PER_TOKEN = 4.0  # of English, as WordPiece cuts it; only for estimates


class UnitSizes:
    """Counts the tokens of one document's units."""

    def __init__(self, text: str, count_tokens: Callable[[str], int]) -> None:
        self._text = text
        self._count_tokens = count_tokens
        self._special_tokens = count_tokens("")
        self._counted: dict[tuple[int, int], int] = {}

    def of_heading(self, heading: str) -> int:
        """Tokens that stand beside the text when a chunk is embedded: its heading line and the special tokens."""
        return self._count_tokens(heading)

    def of_unit(self, unit: Unit) -> int:
        """Tokens of a unit by itself, without special tokens."""
        key = (unit.char_start, unit.char_end)
        if key not in self._counted:
            self._counted[key] = self._count(*key)
        return self._counted[key]

    def cut_oversized(self, units: Sequence[Unit], max_tokens: int) -> list[Unit]:
        """Return the units, prose far beyond the limit cut at blanks; tables, code and formulas are left whole."""
        return [piece for unit in units for piece in self._cut(unit, max_tokens)]

    def _count(self, start: int, end: int) -> int:
        if end - start > _COUNTED_CHARS:
            return int((end - start) / _CHARS_PER_TOKEN)
        counted = self._count_tokens(self._text[start:end]) - self._special_tokens
        return max(counted, (end - start) // _MOST_CHARS_PER_TOKEN)

    def _cut(self, unit: Unit, max_tokens: int) -> Iterator[Unit]:
        tokens = self.of_unit(unit)
        is_large = tokens > _CUT_BEYOND * max_tokens or unit.char_end - unit.char_start > _COUNTED_CHARS
        if not unit.is_prose or not is_large:
            yield unit
            return
        chars_per_token = min(_CHARS_PER_TOKEN, (unit.char_end - unit.char_start) / tokens)
        cuts = self._cuts(unit, max(1, int(max_tokens * chars_per_token * 0.9)))
        for start, end in pairwise(cuts):
            words = self._text[start:end]
            stripped = words.strip()
            if stripped:
                first = start + len(words) - len(words.lstrip())
                yield replace(
                    unit,
                    char_start=first,
                    char_end=first + len(stripped),
                    opens_block=unit.opens_block and start == unit.char_start,
                    closes_block=unit.closes_block and end == unit.char_end,
                )

    def _cuts(self, unit: Unit, step: int) -> list[int]:
        """Return where to cut: at the last blank of every stretch, in the middle of a word that is longer than it."""
        cuts = [unit.char_start]
        while unit.char_end - cuts[-1] > step:
            limit = cuts[-1] + step
            blank = max(self._text.rfind(" ", cuts[-1] + 1, limit), self._text.rfind("\n", cuts[-1] + 1, limit))
            cuts.append(blank if blank > 0 else limit)
        return [*cuts, unit.char_end]
