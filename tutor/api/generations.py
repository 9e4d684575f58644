"""Routes of a course's indexes: which answers, which waits, which can be gone back to."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from tutor import source_schemas as schemas
from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk
from tutor.api.documented import error_responses
from tutor.api.source_wire import generation_on_wire
from tutor.state import audit
from tutor.state.generations import generations_of

router = APIRouter(prefix="/api/v1/courses/{course}/generations", tags=["generations"])

Name = Annotated[str, Path(description="The generation's name.", max_length=64)]


@router.get(
    "",
    operation_id="listGenerations",
    summary="List a course's indexes",
    responses=error_responses(404, 422),
)
def list_generations(course: CourseId, desk: AtDesk) -> schemas.GenerationList:
    """The index that answers, the one before, and one that waits for a decision; each with what was asked of it."""
    desk.require("instruct", course)
    desk.course(course)
    with desk.backend.intake.database.reading() as connection:
        found = generations_of(connection, course)
    return schemas.GenerationList(generations=[generation_on_wire(generation) for generation in found])


@router.post(
    "/{generation}/accept",
    operation_id="acceptGeneration",
    summary="Let a held index answer",
    responses=error_responses(404, 409, 422),
)
def accept_generation(course: CourseId, generation: Name, desk: AtDesk) -> schemas.Generation:
    """Its verified answers changed, and that is right: from the next question on it answers."""
    desk.require("instruct", course)
    live = desk.backend.intake.publisher.accept(course, generation)
    _note(desk, course, "generation.accept", generation)
    return generation_on_wire(live)


@router.post(
    "/{generation}/restore",
    operation_id="restoreGeneration",
    summary="Go back to the index before",
    responses=error_responses(404, 409, 422),
)
def restore_generation(course: CourseId, generation: Name, desk: AtDesk) -> schemas.Generation:
    """From the next question on the kept index answers; what was deleted since stays hidden."""
    desk.require("instruct", course)
    live = desk.backend.intake.publisher.restore(course, generation)
    _note(desk, course, "generation.restore", generation)
    return generation_on_wire(live)


@router.post(
    "/{generation}/discard",
    operation_id="discardGeneration",
    summary="Delete a held index",
    status_code=204,
    responses=error_responses(404, 409, 422),
)
def discard_generation(course: CourseId, generation: Name, desk: AtDesk) -> Response:
    """The index that answers stays."""
    desk.require("instruct", course)
    desk.backend.intake.publisher.discard(course, generation)
    _note(desk, course, "generation.discard", generation)
    return Response(status_code=204)


def _note(desk: AtDesk, course: str, action: str, generation: str) -> None:
    with desk.backend.intake.database.writing() as connection:
        audit.record(connection, course, desk.caller.actor, action, generation)
