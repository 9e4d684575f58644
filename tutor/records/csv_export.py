"""Rows as CSV that no spreadsheet runs: a cell that would begin a formula is text, and numbers stay numbers.

Source: OWASP, "CSV Injection"; full-width forms as spreadsheets in East Asian locales read them.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

Cell = str | int | float | None

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as the machine's own encoding
_BEGINS_FORMULA = frozenset("=+-@\t\r\n")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The lines of a CSV file, one a row, the first with the header; every text is quoted."""
    yield BYTE_ORDER_MARK + _line(header)
    for row in rows:
        yield _line(row)


def inert(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula: with an apostrophe before it where it would.

    >>> inert("=1+1"), inert("-0.5"), inert("What is CNN?")
    ("'=1+1", '-0.5', 'What is CNN?')
    """
    if _NUMBER.fullmatch(text):
        return text
    for seen in (text[:1], text.lstrip()[:1]):
        if seen and (seen in _BEGINS_FORMULA or unicodedata.normalize("NFKC", seen)[:1] in _BEGINS_FORMULA):
            return f"'{text}"
    return text


def _line(row: Sequence[Cell]) -> str:
    line = io.StringIO()
    cells = [inert(cell.replace("\0", "")) if isinstance(cell, str) else cell for cell in row]
    csv.writer(line, quoting=csv.QUOTE_NONNUMERIC).writerow(cells)
    return line.getvalue()
