"""The API's own description: OpenAPI 3.1, with this deployment's limits in it."""

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from tutor import schemas
from tutor.api.documented import error_responses
from tutor.api.idempotency import HEADER, KEY_PATTERN
from tutor.permissions import PERMISSIONS

_ABOUT = """A course tutor that answers from the course text only, every sentence cited to its exact span.

Send `Authorization: Bearer <key>`; `course-tutor keys create` makes one. Offsets are Unicode code points into a
document's canonical text. Errors are `application/problem+json` (RFC 9457). Fields are only ever added.
"""

_TAGS = [
    {"name": "asking", "description": "Questions and searches."},
    {"name": "instructors", "description": "What was asked, where answers came from, and how to correct them."},
    {"name": "courses", "description": "What can be asked."},
    {"name": "practice", "description": "Definitions without their term, to be named."},
    {"name": "documents", "description": "The texts that answers come from."},
    {"name": "openai", "description": "The same answers for clients of OpenAI's API; errors are in its shape."},
    {"name": "people", "description": "Who calls, and what is kept of them."},
    {"name": "sources", "description": "The files of a course."},
    {"name": "jobs", "description": "Background work: reading files, publishing a course."},
    {"name": "generations", "description": "The indexes of a course."},
    {"name": "webhooks", "description": "Word to other systems of what happened."},
    {"name": "health", "description": "For whoever runs the service."},
]


_IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Sent again with the same request, it gets the first reply and does nothing. Not for streams.",
    "schema": {"type": "string", "pattern": KEY_PATTERN},
    "example": "7f0c6c1e-4a0c-4b0f-9a53-0d3f1d3f7a52",
}


_OAUTH = {
    "type": "oauth2",
    "description": "The client id is a key's id, the client secret the key.",
    "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": dict.fromkeys(PERMISSIONS, "")}},
}


def describe(app: FastAPI, *, max_question_chars: int) -> dict[str, Any]:
    """The OpenAPI document.

    Args:
        app: Whose routes.
        max_question_chars: Shown as the limit of a question and a query.
    """
    description = get_openapi(
        title="Course tutor",
        version=version("course-tutor"),
        summary="Cited answers from course texts",
        description=_ABOUT,
        routes=app.routes,
        tags=_TAGS,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    components = description["components"]
    components["schemas"]["Problem"] = schemas.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"] |= components["schemas"]["Problem"].pop("$defs", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    components["schemas"]["AskRequest"]["properties"]["question"]["maxLength"] = max_question_chars
    components["schemas"]["SearchRequest"]["properties"]["query"]["maxLength"] = max_question_chars
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}, "oauth": _OAUTH}
    for path, operations in description["paths"].items():
        for operation in operations.values():
            if path.startswith("/api/") and operation is operations.get("post"):
                operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
                operation["responses"].setdefault("409", error_responses(409)[409])
            operation["security"] = [{"key": []}] if path.startswith(("/api/", "/v1/")) else []
    return description
