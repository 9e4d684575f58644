"""Routes of practice sets: draw one, have it marked."""

import secrets
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from tutor import practice_schemas as schemas
from tutor.api.asking import CourseId
from tutor.api.backend import AtDesk
from tutor.api.documented import error_responses
from tutor.api.json_only import JsonOnly
from tutor.practice import MAX_QUESTIONS, SetId, mark, practice_set

router = APIRouter(prefix="/api/v1/courses/{course}/practice", route_class=JsonOnly, tags=["practice"])

_MAX_SEED = 10**9


@router.get(
    "",
    operation_id="drawPracticeSet",
    summary="Draw a practice set",
    responses=error_responses(404, 409, 422),
)
def draw_practice_set(
    course: CourseId,
    desk: AtDesk,
    n: Annotated[int, Query(ge=1, le=MAX_QUESTIONS, description="Questions at most.")] = 5,
    document: Annotated[str, Query(max_length=500, description="Only definitions of this document.")] = "",
    seed: Annotated[int | None, Query(ge=0, lt=_MAX_SEED, description="The same seed draws the same set.")] = None,
) -> schemas.PracticeSet:
    """Definitions of the course with their term left out, each with four terms to choose from."""
    index = desk.tutor(course).index
    set_id = SetId(index.generation, secrets.randbelow(_MAX_SEED) if seed is None else seed, n, document)
    questions = practice_set(index, set_id)
    return schemas.PracticeSet(
        set_id=str(set_id),
        questions=[schemas.PracticeQuestion.model_validate(asdict(each), strict=False) for each in questions],
        generation=index.generation,
    )


@router.post(
    "",
    operation_id="markPracticeSet",
    summary="Have a practice set marked",
    responses=error_responses(404, 409, 415, 422),
)
def mark_practice_set(course: CourseId, body: schemas.PracticeAnswers, desk: AtDesk) -> schemas.PracticeResult:
    """Mark the answers; each question comes back with the definition that settles it, cited.

    The set that a graded link of a learning platform opens (its number of questions, its document) sends its score to
    the grade book; what was marked last counts.
    """
    set_id = SetId.parse(body.set_id)
    marked = mark(desk.tutor(course).index, set_id, body.answers)
    score, link = sum(each.correct for each in marked), desk.caller.link_of(course)
    # Only the set that the link opens: not an easier one, nor one that was practised in another window.
    is_the_links = link is not None and (set_id.n_questions, set_id.document_id) == (link.n_questions, link.document_id)
    return schemas.PracticeResult(
        set_id=body.set_id,
        score=score,
        maximum=len(marked),
        sent_to_platform=link is not None and is_the_links and desk.backend.office.send_score(link, score, len(marked)),
        questions=[schemas.MarkedQuestion.model_validate(asdict(each), strict=False) for each in marked],
    )
