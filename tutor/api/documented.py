"""What OpenAPI says of errors: which problems an operation can answer with."""

from typing import Any

from tutor import schemas
from tutor.api.problems import MEDIA_TYPE, Kind, kind_of_status

_EVERYWHERE = (400, 401, 403, 408, 413, 421, 500, 503)


def error_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of an operation: those that every operation can give, and these."""
    return {status: _response(kind_of_status(status)) for status in sorted({*_EVERYWHERE, *statuses})}


def _response(kind: Kind) -> dict[str, Any]:
    example = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": kind.title,
        "instance": "/api/v1/courses",
        "code": kind.code,
        "request_id": "3f0c1e5d9a7b4c6f8e2d1a0b9c8d7e6f",
        "errors": [],
    }
    schema = {"$ref": f"#/components/schemas/{schemas.Problem.__name__}"}
    return {"description": kind.title, "content": {MEDIA_TYPE: {"schema": schema, "example": example}}}
