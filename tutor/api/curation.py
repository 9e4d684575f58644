"""What instructors add to a course: other names of its terms, definitions and sentences of their own.

Both count once the course is published anew, which each change asks for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import Connection

from tutor import curation_schemas as wire
from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk, Desk
from tutor.api.documented import error_responses
from tutor.api.json_only import JsonOnly
from tutor.records.errors import AlreadyThere, UnknownRecord
from tutor.state import audit, curation, jobs
from tutor.state.curation import Alias, Note
from tutor.state.ids import new_id

router = APIRouter(prefix="/api/v1/courses/{course}", route_class=JsonOnly, tags=["instructors"])

RecordId = Annotated[str, Path(max_length=64)]


@router.get("/aliases", operation_id="listAliases", summary="List added aliases", responses=error_responses(404, 422))
def list_aliases(course: CourseId, desk: AtDesk) -> wire.AliasList:
    """The names that instructors added to terms of the course."""
    desk.require("instruct", course)
    desk.course(course)
    with desk.backend.database.reading() as connection:
        return wire.AliasList(aliases=[_alias_on_wire(one) for one in curation.aliases_of(connection, course)])


@router.post(
    "/aliases",
    operation_id="addAlias",
    summary="Add an alias",
    status_code=201,
    responses=error_responses(404, 409, 415, 422),
)
def add_alias(course: CourseId, body: wire.AliasRequest, desk: AtDesk) -> wire.Alias:
    """Another name of a term that the course defines; it counts once the course is published anew."""
    desk.require("instruct", course)
    entry = next((e for e in desk.tutor(course).index.glossary.entries if _same(e.term, body.term)), None)
    if entry is None:
        raise UnknownRecord("term", body.term)
    alias = Alias(course, new_id(), entry.term, " ".join(body.alias.split()), desk.caller.actor, datetime.now(UTC))
    with _republishing(desk, course) as connection:
        for one in curation.aliases_of(connection, course):
            if _same(one.term, alias.term) and _same(one.alias, alias.alias):
                raise AlreadyThere("the alias", one.alias_id)
        curation.add_alias(connection, alias)
        audit.record(connection, course, desk.caller.actor, "alias.add", alias.alias_id)
    return _alias_on_wire(alias)


@router.delete(
    "/aliases/{alias_id}",
    operation_id="removeAlias",
    summary="Remove an alias",
    status_code=204,
    responses=error_responses(404, 422),
)
def remove_alias(course: CourseId, alias_id: RecordId, desk: AtDesk) -> None:
    """The term loses the name once the course is published anew."""
    desk.require("instruct", course)
    with _republishing(desk, course) as connection:
        if not curation.remove_alias(connection, course, alias_id):
            raise UnknownRecord("alias", alias_id)
        audit.record(connection, course, desk.caller.actor, "alias.remove", alias_id)


@router.get("/notes", operation_id="listNotes", summary="List the notes", responses=error_responses(404, 422))
def list_notes(course: CourseId, desk: AtDesk) -> wire.NoteList:
    """The instructors' own definitions and sentences, oldest first."""
    desk.require("instruct", course)
    desk.course(course)
    with desk.backend.database.reading() as connection:
        return wire.NoteList(notes=[_note_on_wire(one) for one in curation.notes_of(connection, course)])


@router.post(
    "/notes",
    operation_id="addNote",
    summary="Add a note",
    status_code=201,
    responses=error_responses(404, 415, 422),
)
def add_note(course: CourseId, body: wire.NoteRequest, desk: AtDesk) -> wire.Note:
    """A definition (with a term) or sentences (without): cited like any other text of the course once published."""
    desk.require("instruct", course)
    desk.course(course)
    note = _note(course, new_id(), body, desk.caller.actor, datetime.now(UTC))
    with _republishing(desk, course) as connection:
        curation.add_note(connection, note)
        audit.record(connection, course, desk.caller.actor, "note.add", note.note_id)
    return _note_on_wire(note)


@router.put(
    "/notes/{note_id}", operation_id="changeNote", summary="Change a note", responses=error_responses(404, 415, 422)
)
def change_note(course: CourseId, note_id: RecordId, body: wire.NoteRequest, desk: AtDesk) -> wire.Note:
    """Its new words count once they are published; old citations of it say that the text has changed."""
    desk.require("instruct", course)
    with _republishing(desk, course) as connection:
        before = curation.find_note(connection, course, note_id)
        if before is None:
            raise UnknownRecord("note", note_id)
        note = _note(course, note_id, body, before.created_by, before.created_at)
        curation.put_note(connection, note)
        audit.record(connection, course, desk.caller.actor, "note.change", note_id)
    return _note_on_wire(note)


@router.delete(
    "/notes/{note_id}",
    operation_id="removeNote",
    summary="Remove a note",
    status_code=204,
    responses=error_responses(404, 422),
)
def remove_note(course: CourseId, note_id: RecordId, desk: AtDesk) -> None:
    """No answer uses it once the course is published anew."""
    desk.require("instruct", course)
    with _republishing(desk, course) as connection:
        if not curation.remove_note(connection, course, note_id):
            raise UnknownRecord("note", note_id)
        audit.record(connection, course, desk.caller.actor, "note.remove", note_id)


@contextmanager
def _republishing(desk: Desk, course_id: str) -> Iterator[Connection]:
    """A change that counts once the course is published anew: written together with the job that does it."""
    with desk.backend.database.writing() as connection:
        yield connection
        jobs.enqueue(connection, course_id, "publish", params={}, created_by=desk.caller.actor)
    desk.backend.intake.indexer.wake()


def _note(course_id: str, note_id: str, body: wire.NoteRequest, created_by: str, created_at: datetime) -> Note:
    aliases = tuple(dict.fromkeys(" ".join(alias.split()) for alias in body.aliases))
    return Note(course_id, note_id, " ".join(body.term.split()), aliases, body.text.strip(), created_by, created_at)


def _note_on_wire(note: Note) -> wire.Note:
    return wire.Note(
        note_id=note.note_id, term=note.term, aliases=list(note.aliases), text=note.text, created_at=note.created_at
    )


def _alias_on_wire(alias: Alias) -> wire.Alias:
    return wire.Alias(alias_id=alias.alias_id, term=alias.term, alias=alias.alias, created_at=alias.created_at)


def _same(name: str, other: str) -> bool:
    return " ".join(name.casefold().split()) == " ".join(other.casefold().split())
