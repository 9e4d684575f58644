"""Watches every SQL statement of a test run: one that reads or changes a course's rows must name the course.

A statement that is meant for all courses says so: ``execution_options=ACROSS_COURSES``.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import BindParameter, Column, Connection, Engine, Table, TextClause, event
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.dml import Insert
from sqlalchemy.sql.elements import BinaryExpression, ClauseElement
from sqlalchemy.sql.selectable import FromClause

from tutor.state.every_table import course_tables_of_all

COURSE_TABLES = {table.name for table in course_tables_of_all()}


def unscoped_tables(statement: ClauseElement) -> set[str]:
    """The course tables that a statement touches without naming the course."""
    if isinstance(statement, TextClause):
        named = set(re.findall(r"\w+", statement.text))
        return set() if "course_id" in named else named & COURSE_TABLES
    parts = list(visitors.iterate(statement))
    touched = {part.name for part in parts if isinstance(part, Table)} & COURSE_TABLES
    if isinstance(statement, Insert):
        touched.discard(statement.table.name)  # its key cannot be null
    return touched - _scoped([part for part in parts if isinstance(part, BinaryExpression)])


def watch(engine_class: type[Engine] = Engine) -> None:
    """Fail every statement of this process that should name its course and does not."""

    def before(
        _connection: Connection, statement: Any, _many: object, _params: object, options: Mapping[str, Any]
    ) -> None:
        if options.get("across_courses") or not isinstance(statement, ClauseElement):
            return
        if found := unscoped_tables(statement):
            raise AssertionError(f"touches {', '.join(sorted(found))} without course_id: {statement}")

    event.listen(engine_class, "before_execute", before)


def _scoped(comparisons: list[BinaryExpression[Any]]) -> set[str]:
    """The tables whose course_id is compared with a value, or with that of a table for which that holds."""
    scoped: set[str] = set()
    while True:
        more = {name for comparison in comparisons for name in _scoped_by(comparison, scoped)} - scoped
        if not more:
            return scoped
        scoped |= more


def _scoped_by(comparison: BinaryExpression[Any], scoped: set[str]) -> Iterator[str]:
    if comparison.operator not in (operators.eq, operators.in_op):
        return
    for one, other in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
        table = _table_of_course_id(one)
        if table and (isinstance(other, BindParameter) or _table_of_course_id(other) in scoped):
            yield table


def _table_of_course_id(part: object) -> str:
    if not isinstance(part, Column) and getattr(part, "name", "") != "course_id":
        return ""
    table = getattr(part, "table", None)
    while isinstance(table, FromClause) and not isinstance(table, Table):
        table = getattr(table, "element", None)
    return table.name if isinstance(table, Table) and getattr(part, "name", "") == "course_id" else ""
