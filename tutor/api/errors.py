"""Exceptions become problems here, by one table; nothing else in the service chooses a status for an exception."""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from tutor.api import problems
from tutor.api.access_log import defect_response, log_defect
from tutor.api.away import AWAY, away_detail, away_response
from tutor.api.embedding import OriginRefused
from tutor.api.large_bodies import BodyTooLarge, BodyTooSlow
from tutor.api.lti.office import NoRoster
from tutor.api.paging import CursorExpired
from tutor.api.problems import Kind, problem, problem_response
from tutor.api.request_ids import request_id
from tutor.api.work import ClientLeft, OverCapacity, TookTooLong
from tutor.errors import (
    CourseEmpty,
    CourseNotReady,
    NotAllowed,
    QuestionTooLong,
    SpanOutOfRange,
    TutorError,
    UnknownCourse,
    UnknownDocument,
)
from tutor.evaluation.errors import QuestionSetInvalid
from tutor.ingest.errors import (
    CourseExists,
    NoPageImage,
    NothingUploaded,
    NotInThisState,
    PublishingNow,
    UnknownGeneration,
    UnknownJob,
    UnknownSource,
    UploadMalformed,
)
from tutor.outbound import CallFailed
from tutor.practice import NoPracticeSet
from tutor.records.errors import AlreadyThere, NotVerifiable, UnknownRecord
from tutor.schemas import Problem, ProblemField
from tutor.state.allowances import AllowanceSpent
from tutor.state.daily_use import DaysOutOfRange
from tutor.state.errors import BlobMissing, StateUnwritable, TooManyBytes
from tutor.state.privacy import UnknownPerson
from tutor.state.webhooks import UnknownWebhook, WebhookRefused

logger = logging.getLogger(__name__)

KIND_OF: Mapping[type[TutorError], Kind] = {
    UnknownCourse: problems.UNKNOWN_COURSE,
    NotAllowed: problems.FORBIDDEN,
    UnknownPerson: problems.UNKNOWN_PERSON,
    UnknownDocument: problems.UNKNOWN_DOCUMENT,
    DaysOutOfRange: problems.DAYS_OUT_OF_RANGE,
    SpanOutOfRange: problems.SPAN_OUT_OF_RANGE,
    QuestionTooLong: problems.QUESTION_TOO_LONG,
    UnknownRecord: problems.UNKNOWN_RECORD,
    AlreadyThere: problems.ALREADY_THERE,
    NotVerifiable: problems.NOT_VERIFIABLE,
    QuestionSetInvalid: problems.QUESTION_SET_INVALID,
    CursorExpired: problems.CURSOR_EXPIRED,
    NoPracticeSet: problems.NO_PRACTICE_SET,
    NoRoster: problems.NO_ROSTER,
    CallFailed: problems.PLATFORM_FAILED,
    CourseEmpty: problems.COURSE_EMPTY,  # before what it is a kind of
    CourseNotReady: problems.NOT_READY,
    CourseExists: problems.COURSE_EXISTS,
    UnknownSource: problems.UNKNOWN_SOURCE,
    UnknownJob: problems.UNKNOWN_JOB,
    NoPageImage: problems.NO_PAGE_IMAGE,
    UnknownGeneration: problems.UNKNOWN_GENERATION,
    NotInThisState: problems.WRONG_STATE,
    PublishingNow: problems.PUBLISHING_NOW,
    NothingUploaded: problems.INVALID,
    UploadMalformed: problems.MALFORMED,
    BodyTooLarge: problems.BODY_TOO_LARGE,
    BodyTooSlow: problems.REQUEST_TIMEOUT,
    TooManyBytes: problems.BODY_TOO_LARGE,
    StateUnwritable: problems.STORAGE_FULL,
    BlobMissing: problems.FILE_MISSING,
    OverCapacity: problems.OVER_CAPACITY,
    OriginRefused: problems.INVALID,
    WebhookRefused: problems.INVALID,
    UnknownWebhook: problems.UNKNOWN_WEBHOOK,
    AllowanceSpent: problems.TOO_MANY_ASKS,
    TookTooLong: problems.DEADLINE_EXCEEDED,
    ClientLeft: problems.REQUEST_TIMEOUT,  # nobody reads it
}

_POINTER_OF: Mapping[type[TutorError], str] = {
    OriginRefused: "/origin",
    DaysOutOfRange: "from",
    WebhookRefused: "/url",
    QuestionTooLong: "/question",
    SpanOutOfRange: "start",
    CursorExpired: "cursor",
}

_RETRY_AFTER = {"retry-after": "2"}


def install(app: FastAPI) -> None:
    """Make ``app`` answer every error with a problem."""
    for exception in KIND_OF:
        app.add_exception_handler(exception, _on_known)
    for away in AWAY:
        app.add_exception_handler(away, _on_away)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_defect)


def problem_of(error: Exception, request: Request) -> Problem:
    """The problem for an exception; one that the table does not know is a defect, logged and not described."""
    kind = _kind_of(error)
    if detail := away_detail(error):
        return problem(problems.NOT_READY, detail, request.scope)
    if kind is None:
        log_defect(error, request_id(request.scope))
        return problem(problems.INTERNAL, "the defect is logged under this request_id", request.scope)
    return problem(kind, str(error), request.scope, errors=_fields(error))


async def _on_known(request: Request, error: Exception) -> Response:
    kind = _kind_of(error) or problems.INTERNAL
    headers = _RETRY_AFTER if kind.status == 503 else None
    if isinstance(error, AllowanceSpent):
        headers = {"retry-after": str(error.retry_after_s)}
    if isinstance(error, BodyTooLarge | BodyTooSlow):
        headers = {"connection": "close"}  # the rest of the body is not waited for
    return problem_response(kind, str(error), request.scope, errors=_fields(error), headers=headers)


async def _on_away(request: Request, error: Exception) -> Response:
    logger.warning("request %s: the database is away: %s", request_id(request.scope), type(error).__name__)
    return away_response(error, request.scope) or defect_response(request.scope)


def _kind_of(error: Exception) -> Kind | None:
    return next((kind for exception, kind in KIND_OF.items() if isinstance(error, exception)), None)


async def _on_defect(request: Request, error: Exception) -> Response:
    """The framework raises the defect again after this reply, and the access log then notes it."""
    return away_response(error, request.scope) or defect_response(request.scope)


async def _on_invalid(request: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    fields = [ProblemField(pointer=_pointer(each), detail=each["msg"]) for each in found]
    detail = "; ".join(f"{field.pointer or 'body'}: {field.detail}" for field in fields[:3])
    return problem_response(problems.INVALID, detail, request.scope, errors=fields)


async def _on_http(request: Request, error: Exception) -> Response:
    """What the framework refuses by itself: unknown paths, methods, bodies that are no JSON at all."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = getattr(error, "headers", None)
    kind = problems.kind_of_status(status)
    return problem_response(kind, str(getattr(error, "detail", kind.title)), request.scope, headers=headers)


def _fields(error: Exception) -> list[ProblemField]:
    pointers = (pointer for exception, pointer in _POINTER_OF.items() if isinstance(error, exception))
    return [ProblemField(pointer=pointer, detail=str(error)) for pointer in pointers]


def _pointer(found: Mapping[str, Any]) -> str:
    """A JSON pointer into the body (empty for the whole of it), or the parameter's name."""
    where, *path = found["loc"]
    if where != "body":
        return str(path[0]) if path else str(where)
    if found["type"] == "json_invalid":  # its path is the character where reading stopped
        return ""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
