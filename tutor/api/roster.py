"""The route of a learning platform's roster (LTI Names and Roles)."""

from fastapi import APIRouter

from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk
from tutor.api.documented import error_responses
from tutor.api.lti.office import NoRoster
from tutor.roster_schemas import Roster, RosterEntry

router = APIRouter(prefix="/api/v1/courses/{course}", tags=["people"])


@router.get(
    "/roster",
    operation_id="readRoster",
    summary="Who takes the course at the learning platform",
    responses=error_responses(404, 409, 422, 502),
)
def read_roster(course: CourseId, desk: AtDesk) -> Roster:
    """The people of the platform's course, by pseudonym: names stay where they are."""
    desk.require("instruct", course)
    if (link := desk.caller.link_of(course)) is None:
        raise NoRoster
    people = desk.backend.office.roster(link)
    return Roster(people=[RosterEntry(person_id=each.person_id, role=each.role, active=each.active) for each in people])
