"""The rows of a database as JSON lines, a file a table; the same for both databases, so that rows can move over."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select

from tutor.state.columns import Time
from tutor.state.every_table import PASSING, TABLES_OF_ROWS
from tutor.state.scope import ACROSS_COURSES

_LASTING = tuple(table for table in TABLES_OF_ROWS if table not in PASSING)
_BATCH = 500  # rows in memory at once; a receipt has some kilobytes


def write_rows(connection: Connection, folder: Path) -> dict[str, int]:
    """Write every table but the passing; the connection's transaction must see one state from beginning to end.

    Returns:
        How many rows each table has.
    """
    return {table.name: _write(connection, table, folder / f"{table.name}.jsonl") for table in _LASTING}


def count_rows(connection: Connection) -> dict[str, int]:
    """How many rows each table has that is written."""
    return {
        table.name: connection.execute(
            select(func.count()).select_from(table), execution_options=ACROSS_COURSES
        ).scalar_one()
        for table in _LASTING
    }


def has_rows(connection: Connection) -> bool:
    """Whether there is more than what a new installation begins with."""
    return any(n for name, n in count_rows(connection).items() if name != "installation")


def replace_rows(connection: Connection, folder: Path) -> dict[str, int]:
    """Empty every table, and insert the rows of the files.

    Returns:
        How many rows each table has then.
    """
    for table in reversed(TABLES_OF_ROWS):  # the key of a new installation, too: pseudonyms must fit
        connection.execute(delete(table), execution_options=ACROSS_COURSES)
    _read(connection, folder)
    return count_rows(connection)


def _read(connection: Connection, folder: Path) -> None:
    """What the files lack stays empty."""
    for table in _LASTING:
        path = folder / f"{table.name}.jsonl"
        if path.exists():
            for batch in _batches(path, _reviver(table)):
                connection.execute(insert(table), batch)


def _write(connection: Connection, table: Table, path: Path) -> int:
    n_rows = 0
    rows = connection.execute(select(table), execution_options=ACROSS_COURSES | {"yield_per": _BATCH})
    with path.open("w", encoding="utf-8") as file:
        for row in rows.mappings():
            file.write(json.dumps(dict(row), default=_plain) + "\n")
            n_rows += 1
    return n_rows


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a backup cannot hold {type(value).__name__}")


def _reviver(table: Table) -> Callable[[dict[str, Any]], dict[str, Any]]:
    times = [column.name for column in table.c if isinstance(column.type, Time)]

    def revive(row: dict[str, Any]) -> dict[str, Any]:
        return row | {name: datetime.fromisoformat(row[name]) for name in times if row.get(name) is not None}

    return revive


def _batches(path: Path, revive: Callable[[dict[str, Any]], dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            batch.append(revive(json.loads(line)))
            if len(batch) == _BATCH:
                yield batch
                batch = []
    if batch:
        yield batch
