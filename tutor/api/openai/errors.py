"""Errors below ``/v1/`` in OpenAI's shape: problem+json makes clients of that API fail in worse ways.

Moodle 4.5, for one, throws an uncaught exception when ``error.message`` is missing.
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel

PATH_PREFIX = "/v1/"

ErrorType = Literal["invalid_request_error", "authentication_error", "rate_limit_error", "server_error"]


class Error(BaseModel):
    """What went wrong."""

    message: str
    type: ErrorType
    param: str | None = None
    code: str | None = None


class ErrorReply(BaseModel):
    """The body of every error."""

    error: Error


def error_body(status: int, code: str, detail: str, param: str | None) -> str:
    """One error as OpenAI's API sends it."""
    error = Error(message=detail, type=_type_of(status), param=param, code=code)
    return ErrorReply(error=error).model_dump_json()


def error_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of an operation below ``/v1/``."""
    every = sorted({400, 401, 403, 408, 413, 421, 429, 500, 503, *statuses})
    return {status: {"model": ErrorReply, "description": _DESCRIPTIONS.get(status, "Refused")} for status in every}


_DESCRIPTIONS: Mapping[int, str] = {
    401: "A key is needed",
    404: "No such model",
    413: "The request is too large",
    422: "The request does not fit the schema",
    429: "Too many requests",
    500: "Something went wrong here",
    503: "Not ready, or too busy",
}


def _type_of(status: int) -> ErrorType:
    if status == 401:
        return "authentication_error"
    if status == 429:
        return "rate_limit_error"
    return "server_error" if status >= 500 else "invalid_request_error"
