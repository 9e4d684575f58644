"""The building blocks of every table: one metadata, ids, times and JSON that SQLite and PostgreSQL keep alike.

Every table of a course's own data has a key that begins with ``course_id``, so that it can be sharded by course, and
ids are made by the application, never by the database.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, MetaData, String, Text, TypeDecorator

# Named constraints, so that a migration can find them again on both databases.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID_CHARS = 64
NAME_CHARS = 500


class Time(TypeDecorator[datetime]):
    """A moment, aware and in UTC on both sides; SQLite, which knows no zones, keeps it as UTC without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone: it would mean another one elsewhere."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; use datetime.now(UTC)")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Say aloud that it is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """What people write, less the NUL characters that PostgreSQL takes nowhere and nobody can read."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Leave the NULs out."""
        return value.replace("\0", "") if value is not None else None


def course_key() -> Column[str]:
    """The course a row belongs to: the first part of its key."""
    return Column("course_id", String(ID_CHARS), primary_key=True)


def id_key(name: str) -> Column[str]:
    """The rest of a row's key."""
    return Column(name, String(ID_CHARS), primary_key=True)


def moment(name: str, *, nullable: bool = False) -> Column[datetime]:
    """A time column."""
    return Column(name, Time(), nullable=nullable)


def json_column(name: str, *, nullable: bool = False) -> Column[Any]:
    """A column of plain JSON; never queried by what is inside."""
    return Column(name, JSON(), nullable=nullable)
