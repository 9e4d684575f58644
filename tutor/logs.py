"""Logs as one JSON object a line, whatever a message holds: line breaks, terminal codes and all."""

import json
import logging
import sys
from datetime import UTC, datetime

from tutor.observing.context import ids


class JsonLines(logging.Formatter):
    """Time, level, logger, message, the ids of what is being worked on, and the fields that a record brings.

    Those come as ``extra={"fields": {...}}``. An exception is given by its type only: its message may hold a learner's
    words.

    Args:
        worker: The number of this process among those that serve together; None where it is the only one.
    """

    def __init__(self, worker: int | None = None) -> None:
        super().__init__()
        self._always = {} if worker is None else {"worker": worker}

    def format(self, record: logging.LogRecord) -> str:
        """One line; everything that is not plain ASCII is escaped, so no input can forge or break a line."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **self._always,
            **ids(),
        }
        fields = getattr(record, "fields", None)
        if isinstance(fields, dict):
            entry |= fields
        if record.exc_info and record.exc_info[0]:
            entry["error"] = record.exc_info[0].__name__
        return json.dumps(entry, ensure_ascii=True, default=repr)


def log_json_lines(level: str, *, worker: int | None = None) -> None:
    """Send everything that is logged to standard error, one JSON object a line.

    Args:
        level: The least severe one.
        worker: The number of this process among those that serve together.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(worker))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    hush(level)


def hush(level: str) -> None:
    """Let libraries that say too much say only what is wrong, whatever the level of the rest.

    httpx logs each URL with its query string, httpcore each header, a secret among them; mcp tells of each request;
    bm25s sets its own level to DEBUG.
    """
    for chatty in ("httpx", "httpcore", "uvicorn.error", "bm25s", "sentence_transformers", "asyncio", "mcp"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))
