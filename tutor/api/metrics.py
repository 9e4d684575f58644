"""The service's numbers, for a Prometheus server; the gate lets in nobody but who monitors."""

from asyncio import get_running_loop
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from fastapi import APIRouter, Response

from tutor.api.backend import AtDesk

router = APIRouter(include_in_schema=False)

# Of its own: what an overload looks like must be seen during one.
_THREAD = ThreadPoolExecutor(1, thread_name_prefix="scrape")


@router.get("/metrics")
async def read_metrics(desk: AtDesk) -> Response:
    """Everything that is counted and measured, in the format that was asked for."""
    accept = desk.request.headers.get("accept", "")
    written = partial(desk.backend.scrape.written, accept)
    text, media_type = await get_running_loop().run_in_executor(_THREAD, written)
    return Response(text, media_type=None, headers={"content-type": media_type})
