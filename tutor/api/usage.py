"""The usage of a course by day, for reports elsewhere: counts only, and never of so few people that one could tell."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from tutor import integration_schemas as wire
from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk
from tutor.api.documented import error_responses
from tutor.records.csv_export import csv_lines
from tutor.state.courses import find_course
from tutor.state.daily_use import DayOfUse, daily_use

router = APIRouter(prefix="/api/v1/courses/{course}", tags=["instructors"])

DEFAULT_DAYS = 30
CSV = "text/csv"

First = Annotated[date | None, Query(alias="from", description="First day, in UTC; default: 30 days to `to`.")]
Last = Annotated[date | None, Query(alias="to", description="Last day, in UTC; default: today.")]

_REPLY: dict[int | str, dict[str, Any]] = {
    200: {"description": "The days; as a file when asked for.", "content": {CSV: {"schema": {"type": "string"}}}}
}
_COLUMNS = ("day", "asked", "refused", "people", "up", "down", "wrong_source", "missing")


@router.get(
    "/usage",
    operation_id="readUsage",
    summary="How much the course is used",
    response_model=wire.Usage,
    responses={**_REPLY, **error_responses(404, 422)},
)
def read_usage(course: CourseId, desk: AtDesk, first: First = None, last: Last = None) -> wire.Usage | Response:
    """Questions, refusals, judgements and people by day, without any text; ``Accept: text/csv`` gives a file.

    Days with fewer than ``min_people`` people give no number of them. What is no longer kept is not counted.
    """
    desk.require("instruct", course)
    desk.course(course)
    last = last or datetime.now(UTC).date()
    # From the first day that there is: dates before it cannot be reached by counting back.
    first = first or date.fromordinal(max(1, last.toordinal() - DEFAULT_DAYS + 1))
    desk.backend.asking.recorder.settle()
    with desk.backend.database.reading() as connection:
        found = daily_use(connection, course, first, last)
        keeps = find_course(connection, course)
    min_people = desk.backend.min_people
    days = [_on_wire(each, min_people) for each in found]
    if CSV in desk.request.headers.get("accept", ""):
        rows = [(str(d.day), d.asked, d.refused, d.people, d.up, d.down, d.wrong_source, d.missing) for d in days]
        headers = {"content-disposition": 'attachment; filename="usage.csv"'}
        return Response("".join(csv_lines(_COLUMNS, rows)), media_type=f"{CSV}; charset=utf-8", headers=headers)
    logged = desk.backend.asking.log_questions and (keeps is None or keeps.log_questions)
    return wire.Usage(course_id=course, logged=logged, min_people=min_people, days=days)


def _on_wire(found: DayOfUse, min_people: int) -> wire.UsageDay:
    judged = found.judgements
    return wire.UsageDay(
        day=found.day,
        asked=found.n_asked,
        refused=found.n_refused,
        people=found.n_people if found.n_people >= min_people else None,
        up=judged.get("up", 0),
        down=judged.get("down", 0),
        wrong_source=judged.get("wrong_source", 0),
        missing=judged.get("missing", 0),
    )
