"""Routes about people: who am I here?"""

from fastapi import APIRouter

from tutor.api.backend import AtDesk
from tutor.api.documented import error_responses
from tutor.people_schemas import Me

router = APIRouter(prefix="/api/v1", tags=["people"])


@router.get("/me", operation_id="readMe", summary="Who the caller is", responses=error_responses())
def read_me(desk: AtDesk) -> Me:
    """What the caller may do, and where: pages show what fits; every call is checked all the same."""
    caller = desk.caller
    permissions = sorted(caller.permissions)
    return Me(
        person_id=caller.person_id,
        kind=caller.kind,
        permissions=dict.fromkeys(caller.courses or ("*",), permissions),
        courses=[info.course_id for info in desk.courses()],
    )
