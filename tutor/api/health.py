"""Is the process alive, and can it answer? The first touches nothing; the second says why not."""

from asyncio import to_thread

from fastapi import APIRouter, Response

from tutor.api.backend import AtDesk
from tutor.health_schemas import Liveness, Readiness

router = APIRouter(tags=["health"])


@router.head("/livez", include_in_schema=False)
@router.get("/livez", operation_id="livez", summary="Is the process alive?")
async def livez() -> Liveness:
    """Answers as soon as the process listens, whatever the state of the courses."""
    return Liveness()


@router.head("/readyz", include_in_schema=False)
@router.get(
    "/readyz",
    operation_id="readyz",
    summary="Can every course answer?",
    responses={503: {"model": Readiness, "description": "Not yet, or no more; the reasons say why."}},
)
async def readyz(desk: AtDesk, response: Response) -> Readiness:
    """200 once the index of every course that there is room for is verified and open; else 503 with reasons.

    200 with a reason, too, where questions are answered and nothing can be written: another process could do no more.
    """
    if reasons := await to_thread(desk.backend.readiness.reasons):  # it asks the database
        response.status_code = 503
        response.headers["retry-after"] = "2"
        return Readiness(status="not_ready", reasons=list(reasons))
    if trouble := desk.backend.asking.recorder.trouble:
        return Readiness(status="degraded", reasons=[f"questions are answered and not recorded: {trouble}"])
    return Readiness(status="ready", reasons=[])
