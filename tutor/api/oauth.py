"""``POST /oauth/token``: OAuth 2.0 client credentials (RFC 6749, section 4.4) for clients that know nothing else.

The client is an API key: its id and the key itself, or its id and a signed assertion (RFC 7523) where a public key was
registered for it. Errors have OAuth's shape, not ours.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl, unquote_plus

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from tutor.api.access_tokens import AccessTokens
from tutor.api.client_assertions import ASSERTION_TYPE, AssertionRefused, key_of_assertion
from tutor.permissions import Permission
from tutor.state import keys
from tutor.state.database import Database
from tutor.state.keys import ApiKey

FORM = "application/x-www-form-urlencoded"
MAX_FIELDS = 20  # a request has six at most

ErrorCode = Literal["invalid_request", "invalid_client", "unsupported_grant_type", "invalid_scope"]


class Token(BaseModel):
    """A token and what it is good for."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  (what kind of token it is)
    expires_in: int = Field(description="Seconds.")
    scope: str = Field(description="Permissions, with spaces between.")


class TokenError(BaseModel):
    """Why there is no token, as RFC 6749 says it."""

    error: ErrorCode
    error_description: str


class _Refused(Exception):
    def __init__(self, error: ErrorCode, description: str) -> None:
        super().__init__(description)
        self.error: ErrorCode = error


_TEXT = {"type": "string", "maxLength": 10_000}
_REQUEST: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "client_id", "client_secret"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["client_credentials"]},
                        "client_id": {**_TEXT, "description": "The key's id. Id and key may come by HTTP Basic too."},
                        "client_secret": {**_TEXT, "description": "The key; or a client_assertion in its place."},
                        "client_assertion_type": {"type": "string", "enum": [ASSERTION_TYPE]},
                        "client_assertion": _TEXT,
                        "scope": {**_TEXT, "description": "Permissions, with spaces between; default: the key's."},
                    },
                }
            }
        },
    }
}
_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": TokenError, "description": "The request is not one for a token"},
    401: {"model": TokenError, "description": "No such client, or not this secret"},
}


def oauth_router(database: Database, tokens: AccessTokens) -> APIRouter:
    """The route.

    Args:
        database: Holds the keys.
        tokens: What is handed out.
    """
    router = APIRouter(tags=["people"])

    @router.post(
        "/oauth/token",
        operation_id="issueToken",
        summary="A token for an hour (OAuth 2.0 client credentials)",
        response_model=Token,
        responses=_ERRORS,
        openapi_extra=_REQUEST,
    )
    async def issue_token(request: Request) -> JSONResponse:
        """For clients that take OAuth only: a bearer token that may do what the key may, or the part named by scope."""
        body = await request.body()
        try:
            token = await run_in_threadpool(_issue, request, body, database, tokens)
        except _Refused as refused:
            return _refusal(refused, request)
        return JSONResponse(token.model_dump())

    return router


def _issue(request: Request, body: bytes, database: Database, tokens: AccessTokens) -> Token:
    fields = _fields(request, body)
    now = datetime.now(UTC)
    if fields.get("grant_type") != "client_credentials":
        raise _Refused("unsupported_grant_type", "grant_type is client_credentials, nothing else is offered")
    key = _client(fields, request, database, now)
    wanted = fields.get("scope", "").split() or sorted(key.permissions)
    if not set(wanted) <= key.permissions:
        raise _Refused("invalid_scope", f"this client may have {', '.join(sorted(key.permissions))}")
    # Reading belongs to everything, as with keys.
    permissions = frozenset(each for each in get_args(Permission) if each in wanted or each == "read")
    token, expires_in = tokens.issue(key, permissions & key.permissions, now)
    return Token(access_token=token, expires_in=expires_in, scope=" ".join(sorted(permissions & key.permissions)))


def _client(fields: Mapping[str, str], request: Request, database: Database, now: datetime) -> ApiKey:
    """The key that asks.

    Raises:
        _Refused: It does not prove that it is one.
    """
    client_id = fields.get("client_id", "")
    if "client_assertion" in fields:
        if fields.get("client_assertion_type") != ASSERTION_TYPE or "client_secret" in fields:
            raise _Refused("invalid_client", f"an assertion comes alone, with client_assertion_type {ASSERTION_TYPE}")
        audience = f"{request.url.scheme}://{request.headers['host']}/oauth/token".lower()
        with database.writing() as connection:
            try:
                return key_of_assertion(connection, fields["client_assertion"], client_id, audience=audience, now=now)
            except AssertionRefused as refused:
                raise _Refused("invalid_client", str(refused)) from refused
    with database.reading() as connection:
        key = keys.find(connection, fields.get("client_secret", ""), now)
    if key is None or key.key_id != client_id:
        raise _Refused("invalid_client", "client_id is a key's id, client_secret the key; this is no pair of them")
    return key


def _fields(request: Request, body: bytes) -> dict[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise _Refused("invalid_request", f"send {FORM}")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise _Refused("invalid_request", f"this is no form of at most {MAX_FIELDS} fields") from error
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise _Refused("invalid_request", "a field comes twice")
    return fields | _basic(request, fields)


def _basic(request: Request, fields: Mapping[str, str]) -> dict[str, str]:
    """Id and secret from the Authorization header, where they are percent-encoded (RFC 6749, section 2.3.1)."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return {}
    if "client_secret" in fields or "client_assertion" in fields:
        raise _Refused("invalid_request", "a client proves itself in one way, not in two")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError) as error:
        raise _Refused("invalid_client", "the Authorization header cannot be read") from error
    return {"client_id": unquote_plus(client_id), "client_secret": unquote_plus(secret)}


def _refusal(refused: _Refused, request: Request) -> JSONResponse:
    body = TokenError(error=refused.error, error_description=str(refused)).model_dump()
    if refused.error != "invalid_client":
        return JSONResponse(body, status_code=400)
    challenge = {"www-authenticate": 'Basic realm="course-tutor"'} if "authorization" in request.headers else None
    return JSONResponse(body, status_code=401, headers=challenge)
