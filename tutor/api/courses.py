"""Routes that make, change and delete courses."""

from fastapi import APIRouter, Response

from corpus.slugs import slug
from tutor import source_schemas as schemas
from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk, Desk
from tutor.api.documented import error_responses
from tutor.api.json_only import JsonOnly
from tutor.api.source_wire import course_settings_on_wire
from tutor.errors import UnknownCourse
from tutor.state.courses import CourseRecord

router = APIRouter(prefix="/api/v1/courses", route_class=JsonOnly, tags=["courses"])

MAX_MADE_ID_CHARS = 60  # of an id made from a title


@router.post(
    "",
    operation_id="createCourse",
    summary="Make a course",
    status_code=201,
    responses=error_responses(409, 415, 422),
)
def create_course(body: schemas.NewCourse, desk: AtDesk, response: Response) -> schemas.CourseSettings:
    """A course without files; upload some, and it can be asked."""
    desk.require_everywhere("administer")
    course_id = body.course_id or slug(body.title)[:MAX_MADE_ID_CHARS].strip("-")
    record = CourseRecord(course_id, body.title, description=body.description, language=body.language)
    any_id = body.course_id is None
    kept = desk.backend.intake.create_course(record, actor=desk.caller.actor, any_id=any_id)
    response.headers["location"] = f"/api/v1/courses/{kept.course_id}"
    return _settings(desk, kept)


@router.patch(
    "/{course}",
    operation_id="changeCourse",
    summary="Change a course",
    responses=error_responses(404, 415, 422),
)
def change_course(course: CourseId, body: schemas.CourseChange, desk: AtDesk) -> schemas.CourseSettings:
    """Change what a course is called or how its questions are kept; what is left out stays."""
    desk.require("instruct", course)
    given = body.model_dump(exclude_unset=True)
    changes = {name: value for name, value in given.items() if value is not None or name == "retention_days"}
    return _settings(desk, desk.backend.intake.change_course(course, changes, actor=desk.caller.actor))


@router.delete(
    "/{course}",
    operation_id="deleteCourse",
    summary="Delete a course",
    status_code=204,
    responses=error_responses(404, 422),
)
def delete_course(course: CourseId, desk: AtDesk) -> Response:
    """The course is gone at once; its files, questions and indexes leave the disk soon after."""
    desk.require("administer", course)
    desk.backend.intake.delete_course(course, actor=desk.caller.actor)
    return Response(status_code=204)


def _settings(desk: Desk, record: CourseRecord) -> schemas.CourseSettings:
    if (info := desk.backend.library.course(record.course_id)) is None:
        raise UnknownCourse(record.course_id)
    return course_settings_on_wire(record, info)
