"""Every error of the service in one shape: RFC 9457 ``application/problem+json``.

The table below names each kind of problem once; the gate and the routes both draw from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import Response
from starlette.types import Scope

from tutor.api.openai import errors as openai
from tutor.api.request_ids import request_id
from tutor.observing.metrics import metrics
from tutor.schemas import Problem, ProblemField

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its status, a stable word for programs and a title for people."""

    status: int
    code: str
    title: str

    @property
    def type(self) -> str:
        """A stable URI; a name, not an address."""
        return f"urn:course-tutor:problem:{self.code}"


MALFORMED = Kind(400, "malformed_request", "The request cannot be understood")
UNAUTHENTICATED = Kind(401, "unauthenticated", "A key or a session is needed")
FORBIDDEN = Kind(403, "forbidden", "This is not allowed")
FOREIGN_ORIGIN = Kind(403, "foreign_origin", "Requests from this origin are not allowed")
NOT_FOUND = Kind(404, "not_found", "There is nothing here")
UNKNOWN_COURSE = Kind(404, "unknown_course", "No such course")
UNKNOWN_PERSON = Kind(404, "unknown_person", "No such person")
UNKNOWN_DOCUMENT = Kind(404, "unknown_document", "No such document")
UNKNOWN_SOURCE = Kind(404, "unknown_source", "No such source")
UNKNOWN_JOB = Kind(404, "unknown_job", "No such job")
UNKNOWN_GENERATION = Kind(404, "unknown_generation", "No such generation")
NO_PAGE_IMAGE = Kind(404, "no_page_image", "No picture of this page")
UNKNOWN_WEBHOOK = Kind(404, "unknown_webhook", "No such webhook")
FILE_MISSING = Kind(404, "file_missing", "The stored file is missing")
UNKNOWN_RECORD = Kind(404, "unknown_record", "No such record")
METHOD_NOT_ALLOWED = Kind(405, "method_not_allowed", "This method is not offered here")
CONFLICT = Kind(409, "conflict", "This conflicts with what is there")
COURSE_EXISTS = Kind(409, "course_exists", "There is such a course already")
STILL_RUNNING = Kind(409, "still_running", "The first request is still worked on")
ALREADY_THERE = Kind(409, "already_there", "Another one says the same")
WRONG_STATE = Kind(409, "wrong_state", "This does not fit its state")
COURSE_EMPTY = Kind(409, "course_empty", "The course has no text yet")
REQUEST_TIMEOUT = Kind(408, "request_timeout", "The request did not arrive in time")
NO_PRACTICE_SET = Kind(409, "no_practice_set", "There is no such practice set")
NO_ROSTER = Kind(409, "no_roster", "There is no roster")
BODY_TOO_LARGE = Kind(413, "body_too_large", "The request body is too large")
UNSUPPORTED_MEDIA_TYPE = Kind(415, "unsupported_media_type", "Send JSON")
MISDIRECTED = Kind(421, "misdirected_request", "This host is not served here")
IDEMPOTENCY_KEY_REUSED = Kind(422, "idempotency_key_reused", "The key belongs to another request")
INVALID = Kind(422, "invalid_request", "The request does not fit the schema")
QUESTION_TOO_LONG = Kind(422, "question_too_long", "The question is too long")
SPAN_OUT_OF_RANGE = Kind(422, "span_out_of_range", "The span does not lie in the document")
NOT_VERIFIABLE = Kind(422, "not_verifiable", "This is no answer that can be verified")
QUESTION_SET_INVALID = Kind(422, "question_set_invalid", "The question set cannot be understood")
DAYS_OUT_OF_RANGE = Kind(422, "days_out_of_range", "The days cannot be counted")
CURSOR_EXPIRED = Kind(422, "cursor_expired", "The cursor no longer resolves")
TOO_MANY_ASKS = Kind(429, "too_many_asks", "Too many questions for now")
TOO_MANY_STREAMS = Kind(429, "too_many_streams", "Too many open streams")
INTERNAL = Kind(500, "internal_error", "Something went wrong here")
PLATFORM_FAILED = Kind(502, "platform_failed", "The learning platform did not answer as it should")
NOT_READY = Kind(503, "not_ready", "The course cannot answer yet")
OVER_CAPACITY = Kind(503, "over_capacity", "Too many questions at once")
DEADLINE_EXCEEDED = Kind(503, "deadline_exceeded", "It took too long")
PUBLISHING_NOW = Kind(503, "publishing_now", "An index is being published")
STORAGE_FULL = Kind(507, "storage_full", "There is no room to keep this")
SHUTTING_DOWN = Kind(503, "shutting_down", "The service is shutting down")

_BY_STATUS = {
    kind.status: kind
    for kind in (
        MALFORMED,
        UNAUTHENTICATED,
        FORBIDDEN,
        NOT_FOUND,
        METHOD_NOT_ALLOWED,
        CONFLICT,
        STORAGE_FULL,
        REQUEST_TIMEOUT,
        NO_PRACTICE_SET,
        BODY_TOO_LARGE,
        UNSUPPORTED_MEDIA_TYPE,
        MISDIRECTED,
        INVALID,
        TOO_MANY_ASKS,
        INTERNAL,
        PLATFORM_FAILED,
        OVER_CAPACITY,
    )
}


_FOR_NOW = frozenset({429, 503})  # worth another try


def kind_of_status(status: int) -> Kind:
    """The general kind of a status that a library chose."""
    return _BY_STATUS.get(status) or (MALFORMED if 400 <= status < 500 else INTERNAL)


def problem(kind: Kind, detail: str, scope: Scope, *, errors: Sequence[ProblemField] = ()) -> Problem:
    """One problem of one request."""
    return Problem(
        type=kind.type,
        title=kind.title,
        status=kind.status,
        detail=detail,
        instance=quote(scope.get("path", "/"), errors="replace"),
        code=kind.code,
        request_id=request_id(scope),
        errors=list(errors),
    )


def problem_response(
    kind: Kind,
    detail: str,
    scope: Scope,
    *,
    errors: Sequence[ProblemField] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The HTTP reply for a problem; clients of the OpenAI-compatible paths get the errors that they can read."""
    if kind.status in _FOR_NOW:
        metrics().rejected(kind.code)
    if scope.get("path", "").startswith(openai.PATH_PREFIX):
        param = errors[0].pointer.strip("/").replace("/", ".") if errors else None
        body, media_type = openai.error_body(kind.status, kind.code, detail, param), "application/json"
    else:
        body, media_type = problem(kind, detail, scope, errors=errors).model_dump_json(), MEDIA_TYPE
    return Response(body, status_code=kind.status, headers=dict(headers or {}), media_type=media_type)
