"""An exported file holds text and numbers, and nothing that a spreadsheet would run."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.records.csv_export import BYTE_ORDER_MARK, csv_lines, inert

PAYLOADS = [
    prefix + rest
    for prefix in (
        "=",
        "+",
        "-",
        "@",
        "\t=",
        "\r=",
        "\n=",
        "＝",
        "＋",
        "－",
        "＠",
        "﹢",
        "﹣",
        "﹦",
        "﹫",
        " =",
        "  @",
        "\u00a0=",
    )
    for rest in ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://evil","x")')
] + ["\tx", "\rx", "\nx"]

BEGINS_FORMULA = set("=+-@\t\r\n")


def read_back(rows: list[tuple[object, ...]]) -> list[list[str]]:
    text = "".join(csv_lines(("a", "b"), rows))  # type: ignore[arg-type]
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK))))[1:]


def is_inert(cell: str) -> bool:
    first = unicodedata.normalize("NFKC", cell.lstrip()[:1] or "x")[:1]
    return first not in BEGINS_FORMULA and cell[:1] not in BEGINS_FORMULA


def test_there_are_enough_payloads() -> None:
    assert len(PAYLOADS) > 40


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_formula_is_text_in_every_column(payload: str) -> None:
    [row] = read_back([(payload, payload)])

    assert all(is_inert(cell) for cell in row)
    assert all(cell.endswith(payload) for cell in row), "its words are all there"


@pytest.mark.parametrize("number", ["1", "-1", "+1", "0.5", "-0.5", "1e-5", "-.5", "2."])
def test_a_number_that_somebody_typed_stays_as_it_is(number: str) -> None:
    assert inert(number) == number


@pytest.mark.parametrize("near", ["-1+1", "+1-cmd", "-", "--1", "-1\n", "-١", "+1e"])
def test_what_only_begins_as_a_number_does_not(near: str) -> None:
    assert inert(near) == f"'{near}"


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers())
def test_numbers_are_numbers(real: float, whole: int) -> None:
    [row] = read_back([(real, whole)])

    assert float(row[0]) == real
    assert int(row[1]) == whole


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_any_text_comes_back_as_written_but_for_the_apostrophe(text: str) -> None:
    [row] = read_back([(text, "x")])

    assert row[0] in (text, f"'{text}")
    assert is_inert(row[0]) or (row[0] == text and inert(text) == text and float(text) is not None)


def test_a_nul_is_left_out() -> None:
    assert read_back([("a\0b", "")]) == [["ab", ""]]
