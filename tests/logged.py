"""Everything that is logged while a block runs, at any level, as ``serve`` would write it."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tutor.logs import JsonLines, hush


class Log:
    """Lines as written."""

    def __init__(self) -> None:
        self.written = io.StringIO()

    @property
    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.written.getvalue().splitlines()]

    def of(self, message: str, **fields: object) -> list[dict[str, Any]]:
        """The entries with a message and some fields."""
        return [each for each in self.entries if each["message"] == message and fields.items() <= each.items()]


@contextmanager
def logged(level: int = logging.DEBUG, *, worker: int | None = None) -> Iterator[Log]:
    """Listen to every logger."""
    log, root = Log(), logging.getLogger()
    handler = logging.StreamHandler(log.written)
    handler.setFormatter(JsonLines(worker))
    before = root.level
    root.setLevel(level)
    root.addHandler(handler)
    hush(logging.getLevelName(level))
    try:
        yield log
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
