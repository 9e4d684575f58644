"""Routes about people: who am I here, what is kept of me, and away with it.

They are plain functions, so the framework runs them in threads: the database is on a disk.
"""

import json
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response

from tutor.api.backend import AtDesk, Desk
from tutor.api.documented import error_responses
from tutor.people_schemas import Me, PersonExport
from tutor.permissions import STUDENT
from tutor.state import audit, privacy

router = APIRouter(prefix="/api/v1", tags=["people"])


@router.get("/me", operation_id="readMe", summary="Who the caller is", responses=error_responses())
def read_me(desk: AtDesk) -> Me:
    """What the caller may do, and where: pages show what fits; every call is checked all the same."""
    caller = desk.caller
    named = caller.courses or ("*",)
    opened = [link.course_id for link in caller.links if link.course_id not in named]
    return Me(
        person_id=caller.person_id,
        kind=caller.kind,
        permissions={
            **dict.fromkeys(named, sorted(caller.permissions)),
            **dict.fromkeys(opened, sorted(caller.permissions & STUDENT)),
        },
        courses=[info.course_id for info in desk.courses()],
    )


PersonId = Annotated[
    str, Path(max_length=64, description="A person's id.", examples=["9f2c6a0d4b1e8f375a6c0d9e2b4f7a81"])
]


@router.get("/me/export", operation_id="exportMe", summary="What is kept of me", responses=error_responses(404))
def export_me(desk: AtDesk, response: Response) -> PersonExport:
    """Every row that is the caller's or that they made."""
    return _export(desk, desk.caller.person_id, response)


@router.delete("/me", operation_id="eraseMe", summary="Erase me", status_code=204, responses=error_responses(404))
def erase_me(desk: AtDesk) -> None:
    """Delete everything that is kept of the caller; what they made for a course stays, without their id."""
    _erase(desk, desk.caller.person_id)


@router.get(
    "/people/{person}/export",
    operation_id="exportPerson",
    summary="What is kept of a person",
    responses=error_responses(404, 422),
)
def export_person(person: PersonId, desk: AtDesk, response: Response) -> PersonExport:
    """Every row that is the person's or that they made; for administrators."""
    desk.require_everywhere("administer")
    return _export(desk, person, response)


@router.delete(
    "/people/{person}",
    operation_id="erasePerson",
    summary="Erase a person",
    status_code=204,
    responses=error_responses(404, 422),
)
def erase_person(person: PersonId, desk: AtDesk) -> None:
    """Delete everything that is kept of the person; for administrators."""
    desk.require_everywhere("administer")
    _erase(desk, person)


def _export(desk: Desk, person_id: str, response: Response) -> PersonExport:
    with desk.backend.database.reading() as connection:
        rows = privacy.export(connection, person_id)
    response.headers["content-disposition"] = 'attachment; filename="course-tutor-export.json"'
    plain = json.loads(json.dumps(rows, default=str))
    return PersonExport(person_id=person_id, exported_at=datetime.now(UTC), rows=plain)


def _erase(desk: Desk, person_id: str) -> None:
    database = desk.backend.database
    with database.writing() as connection:
        privacy.erase(connection, person_id)
        # Neither whom nor, where it is the same, by whom: that would be kept.
        actor = "self" if person_id == desk.caller.person_id else desk.caller.actor
        audit.record(connection, audit.INSTALLATION, actor, "person.erase")
    database.let_go_of_old_pages()
