"""When Moodle shows an activity: its availability conditions, as a backup keeps them.

A date that has passed restricts nobody. Every other condition (a group, a grade, something completed) hides the item
from some learners, so it counts as restricted: an answer must not give away what its reader may not open.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

_MAX_JSON_CHARS = 100_000
_MAX_DEPTH = 20
_NOT_UNDERSTOOD = "restricted by conditions that cannot be understood"


def why_restricted(availability: str, now: datetime) -> str:
    """Return why an item is not open to all learners at ``now``, for an instructor; "" if it is.

    Args:
        availability: The JSON of its conditions, "" for none.
        now: The time of the import, with its time zone.
    """
    if not availability.strip():
        return ""
    if len(availability) > _MAX_JSON_CHARS:
        return _NOT_UNDERSTOOD
    try:
        conditions = json.loads(availability)
    except (ValueError, RecursionError):
        return _NOT_UNDERSTOOD
    return _why_tree(conditions, now, 0)


def _why_tree(tree: object, now: datetime, depth: int) -> str:
    """Judge a group of conditions: all must hold ("&"), or one of them ("|"); the negated kinds are not weighed."""
    if not isinstance(tree, Mapping) or depth > _MAX_DEPTH:
        return _NOT_UNDERSTOOD
    parts = tree.get("c", [])
    if not isinstance(parts, list):
        return _NOT_UNDERSTOOD
    if not parts:
        return ""
    reasons = [
        _why_tree(part, now, depth + 1) if isinstance(part, Mapping) and "c" in part else _why(part, now)
        for part in parts
    ]
    match tree.get("op"):
        case "&":
            return next(filter(None, reasons), "")
        case "|":
            return "" if "" in reasons else reasons[0]
        case _:
            return "restricted to some learners"


def _why(condition: object, now: datetime) -> str:
    if not isinstance(condition, Mapping):
        return _NOT_UNDERSTOOD
    kind = condition.get("type")
    if kind != "date":
        return (
            f"restricted to some learners (by {kind})" if isinstance(kind, str) and kind.isalpha() else _NOT_UNDERSTOOD
        )
    seconds = condition.get("t")
    try:
        date = datetime.fromtimestamp(int(seconds) if isinstance(seconds, int) else -1, UTC)
    except (OverflowError, OSError, ValueError):
        return _NOT_UNDERSTOOD
    if condition.get("d") == ">=":
        return "" if now >= date else f"not open before {date:%Y-%m-%d}; import the course again then"
    return "" if now < date else f"closed since {date:%Y-%m-%d}"
