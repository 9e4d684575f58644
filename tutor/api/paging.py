"""Pages of a list, by a cursor that names the last item seen, so that it survives items coming and going before it."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar

from tutor.errors import TutorError

T = TypeVar("T")


class CursorExpired(TutorError):
    """The cursor is not one of ours, or its item is gone."""

    def __init__(self) -> None:
        super().__init__("the cursor does not resolve, perhaps because the course was indexed anew; begin without one")


def page_of(
    items: Sequence[T], *, key: Callable[[T], str], cursor: str | None, limit: int
) -> tuple[Sequence[T], str | None]:
    """The items after the cursor's, and the cursor for those after them.

    Args:
        items: All of them, in a stable order.
        key: Gives an item's name, unique in the list.
        cursor: What the page before gave; None for the first page.
        limit: How many items at most.

    Raises:
        CursorExpired: The cursor names no item.
    """
    start = 0
    if cursor is not None:
        name = decode_cursor(cursor)
        start = next((position for position, item in enumerate(items, start=1) if key(item) == name), 0)
        if start == 0:
            raise CursorExpired
    page = items[start : start + limit]
    more = start + limit < len(items)
    return page, encode_cursor(key(page[-1])) if more else None


def encode_cursor(name: str) -> str:
    """A cursor that names an item."""
    return base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """The name in a cursor.

    Raises:
        CursorExpired: It is none of ours.
    """
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError) as error:
        raise CursorExpired from error
