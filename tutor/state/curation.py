"""What instructors change in a course without touching its files: passages hidden, names added, notes of their own."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from tutor.state.course_tables import aliases, hidden_passages, notes


@dataclass(frozen=True, slots=True)
class HiddenPassage:
    """A passage that no answer may use. It is known by its text too, so that a re-index does not bring it back."""

    course_id: str
    chunk_id: str
    document_id: str
    text: str
    reason: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of a term that the course defines."""

    course_id: str
    alias_id: str
    term: str
    alias: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """An instructor's own definition (with a term) or sentence (without one)."""

    course_id: str
    note_id: str
    term: str
    aliases: tuple[str, ...]
    text: str
    created_by: str
    created_at: datetime


def hidden_ids(connection: Connection, course_id: str) -> frozenset[str]:
    """Ids of the hidden passages: cheap enough to be asked for with every question."""
    rows = connection.execute(select(hidden_passages.c.chunk_id).where(hidden_passages.c.course_id == course_id))
    return frozenset(rows.scalars())


def hidden(connection: Connection, course_id: str) -> tuple[HiddenPassage, ...]:
    """The hidden passages of a course, oldest first."""
    order = hidden_passages.c.created_at, hidden_passages.c.chunk_id
    rows = connection.execute(select(hidden_passages).where(hidden_passages.c.course_id == course_id).order_by(*order))
    return tuple(HiddenPassage(**row._mapping) for row in rows)


def hide(connection: Connection, passage: HiddenPassage) -> None:
    """Hide a passage; hiding it again changes the reason."""
    show(connection, passage.course_id, passage.chunk_id)
    connection.execute(insert(hidden_passages).values(**asdict(passage)))


def show(connection: Connection, course_id: str, chunk_id: str) -> bool:
    """Show a passage again; whether it was hidden."""
    wanted = hidden_passages.c.course_id == course_id, hidden_passages.c.chunk_id == chunk_id
    return connection.execute(delete(hidden_passages).where(*wanted)).rowcount > 0


def aliases_of(connection: Connection, course_id: str) -> tuple[Alias, ...]:
    """The aliases that instructors added, by term."""
    order = aliases.c.term, aliases.c.alias, aliases.c.alias_id
    rows = connection.execute(select(aliases).where(aliases.c.course_id == course_id).order_by(*order))
    return tuple(Alias(**row._mapping) for row in rows)


def add_alias(connection: Connection, alias: Alias) -> None:
    """Keep a new alias."""
    connection.execute(insert(aliases).values(**asdict(alias)))


def remove_alias(connection: Connection, course_id: str, alias_id: str) -> bool:
    """Delete an alias; whether there was one."""
    wanted = aliases.c.course_id == course_id, aliases.c.alias_id == alias_id
    return connection.execute(delete(aliases).where(*wanted)).rowcount > 0


def notes_of(connection: Connection, course_id: str) -> tuple[Note, ...]:
    """The instructors' notes, oldest first."""
    order = notes.c.created_at, notes.c.note_id
    rows = connection.execute(select(notes).where(notes.c.course_id == course_id).order_by(*order))
    return tuple(_note(row._mapping) for row in rows)


def find_note(connection: Connection, course_id: str, note_id: str) -> Note | None:
    """One note."""
    wanted = notes.c.course_id == course_id, notes.c.note_id == note_id
    row = connection.execute(select(notes).where(*wanted)).one_or_none()
    return _note(row._mapping) if row else None


def add_note(connection: Connection, note: Note) -> None:
    """Keep a new note."""
    connection.execute(insert(notes).values(**_note_row(note)))


def put_note(connection: Connection, note: Note) -> bool:
    """Replace a note; whether there was one to replace."""
    wanted = notes.c.course_id == note.course_id, notes.c.note_id == note.note_id
    return connection.execute(update(notes).where(*wanted).values(**_note_row(note))).rowcount > 0


def remove_note(connection: Connection, course_id: str, note_id: str) -> bool:
    """Delete a note; whether there was one."""
    wanted = notes.c.course_id == course_id, notes.c.note_id == note_id
    return connection.execute(delete(notes).where(*wanted)).rowcount > 0


def _note_row(note: Note) -> dict[str, Any]:
    return {**asdict(note), "aliases": list(note.aliases)}


def _note(row: Mapping[Any, Any]) -> Note:
    return Note(**{**row, "aliases": tuple(row["aliases"])})
