"""The REST API as one FastAPI application, without its gate."""

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse

from tutor.api import (
    asking,
    checks,
    courses,
    curation,
    errors,
    exporting,
    feedback,
    generations,
    health,
    hiding,
    insights,
    jobs,
    metrics,
    page_images,
    people,
    permalinks,
    practice,
    questions,
    reading,
    receipts,
    roster,
    sources,
    uploads,
    usage,
    verified,
    webhooks,
)
from tutor.api.backend import Backend
from tutor.api.mcp_http import mount_mcp
from tutor.api.openai import routes as openai
from tutor.api.openapi import describe


def create_api(backend: Backend, *, max_question_chars: int) -> FastAPI:
    """Build the API.

    Args:
        backend: The library and the threads that work on it.
        max_question_chars: For the description only; the tutor itself enforces it.
    """
    # FastAPI's own pages load scripts from elsewhere, and its own schema route is not behind our names.
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.backend = backend
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.include_router(people.router)
    app.include_router(asking.router)
    app.include_router(page_images.router)
    app.include_router(sources.router)  # before reading: a document's id may hold slashes and would swallow it
    app.include_router(reading.router)
    for router in (courses.router, uploads.router, jobs.router, generations.router, permalinks.router):
        app.include_router(router)
    app.include_router(exporting.router)
    app.include_router(practice.router)
    app.include_router(roster.router)
    for router in (feedback.router, receipts.router, questions.router, verified.router):
        app.include_router(router)
    for router in (hiding.router, curation.router, insights.router, checks.router):
        app.include_router(router)
    app.include_router(webhooks.router)
    app.include_router(usage.router)
    app.include_router(openai.router)
    mount_mcp(app)
    errors.install(app)

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi(request: Request) -> JSONResponse:
        """The description of this API."""
        return JSONResponse(describe(request.app, max_question_chars=max_question_chars))

    return app
