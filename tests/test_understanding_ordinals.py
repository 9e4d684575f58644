"""Which items of a list a question wants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.understanding.ordinals import items_wanted

ITEMS = "abcdefgh"


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("what is the first takeaway", "a"),
        ("the 3rd key point", "c"),
        ("how many takeaways are there and what is the second one", "b"),
        ("what is the last takeaway", "h"),
        ("takeaway number 4", "d"),
        ("takeaway five", "e"),
        ("top 3 takeaways", "abc"),
        ("give me two main ideas", "ab"),
        ("the first two takeaways", "ab"),
        ("the last two takeaways", "gh"),
    ],
)
def test_some_items_of_a_list_are_wanted(text: str, items: str) -> None:
    wanted = items_wanted(text)

    assert wanted is not None
    assert ITEMS[wanted] == items


@pytest.mark.parametrize(
    "text", ["what are the takeaways", "the main point of it all", "the first layer", "zeroth one"]
)
def test_all_of_the_list_is_wanted(text: str) -> None:
    assert items_wanted(text) is None


@given(st.integers(1, 99))
def test_a_number_counts_from_one(number: int) -> None:
    assert items_wanted(f"takeaway {number}") == slice(number - 1, number)
