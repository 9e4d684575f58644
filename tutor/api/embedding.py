"""Embed tokens: a server with a key lets one browser into one course, inside a frame of its own page.

The token is signed and says everything, so nothing is stored until it is used, and that is what makes it good once. It
starts a student's session in a cookie that browsers keep apart by the page around the frame (``Partitioned``), and that
page's origin may show the chat: in this session, and in no other.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

import jwt
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from tutor.api.backend import AtDesk
from tutor.api.documented import error_responses
from tutor.api.identity import Access
from tutor.api.json_only import JsonOnly
from tutor.api.pages import EMBED_REFUSED, page_response
from tutor.errors import NotAllowed, TutorError
from tutor.integration_schemas import EmbedToken, NewEmbedToken
from tutor.lti.web_origin import origin_of
from tutor.outbound import is_this_machine
from tutor.state import keys, used_tokens
from tutor.state.database import Database
from tutor.state.installation import pseudonym

PATH = "/embed"
_ALGORITHM = "HS256"
_PURPOSE = "embed-token"


class OriginRefused(TutorError):
    """Pages of this origin cannot show the chat."""

    def __init__(self, origin: str) -> None:
        super().__init__(f"{origin!r} is no origin that can show the chat; give one like https://lms.example.edu")


@dataclass(frozen=True, slots=True)
class Embedding:
    """What one token opens."""

    course_id: str
    person_id: str  # pseudonym; empty for nobody in particular
    origin: str
    key_id: str  # whose server made it


class EmbedTokens:
    """Makes tokens and uses them up.

    Args:
        database: Knows the keys, and which tokens were used.
        installation_key: The installation's own secret.
    """

    def __init__(self, database: Database, installation_key: bytes) -> None:
        self._database = database
        self._installation_key = installation_key
        self._secret = hmac.digest(installation_key, _PURPOSE.encode(), hashlib.sha256)

    def issue(self, wanted: NewEmbedToken, key_id: str) -> str:
        """A token for one browser; reads the database.

        People are told apart by the key's name and the server's own name for them: a new key with the same name speaks
        for the same people.

        Raises:
            OriginRefused: The page around the frame has no encryption, or no address.
        """
        with self._database.reading() as connection:
            key = keys.by_id(connection, key_id, datetime.now(UTC))
        identity = f"{key.name if key and key.name else key_id}|{wanted.user}"
        claims = {
            "aud": _PURPOSE,
            "course": wanted.course,
            "sub": pseudonym(self._installation_key, "embed", identity) if wanted.user else "",
            "origin": _framing_origin(wanted.origin),
            "key": key_id,
            "jti": secrets.token_hex(16),
            "exp": datetime.now(UTC) + timedelta(seconds=wanted.ttl_s),
        }
        return jwt.encode(claims, self._secret, algorithm=_ALGORITHM)

    def redeem(self, token: str) -> Embedding | None:
        """Use a token up; None when it is worthless: not ours, too old, used, or its key was revoked."""
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[_ALGORITHM],
                audience=_PURPOSE,
                options={"require": ["exp", "jti", "key", "course", "origin"]},
            )
        except (jwt.PyJWTError, ValueError):
            return None
        now, ends = datetime.now(UTC), datetime.fromtimestamp(int(claims["exp"]), UTC)
        with self._database.writing() as connection:
            key = keys.by_id(connection, claims["key"], now)
            if key is None or not key.opens(claims["course"]):
                return None
            if not used_tokens.use(connection, "embed", claims["jti"], expires_at=ends):
                return None
        return Embedding(claims["course"], claims["sub"], claims["origin"], claims["key"])


def embedding_router(access: Access, tokens: EmbedTokens, *, home: str) -> APIRouter:
    """The two routes: a server asks for a token, a browser brings it.

    Args:
        access: Where a token becomes a session.
        tokens: What is handed out.
        home: Where the chat is.
    """
    router = APIRouter(route_class=JsonOnly)

    @router.post(
        "/api/v1/embed-tokens",
        operation_id="createEmbedToken",
        tags=["people"],
        summary="Let one browser in, inside a frame",
        status_code=201,
        responses=error_responses(404, 415, 422),
    )
    async def create_embed_token(body: NewEmbedToken, desk: AtDesk) -> EmbedToken:
        """A one-time address for a frame in a page of yours, asked for by your server: a student of one course."""
        desk.require("ask", body.course)
        if desk.caller.kind != "key":  # a browser could name anybody as the user
            raise NotAllowed("a server's key")
        await run_in_threadpool(desk.course, body.course)
        token = await run_in_threadpool(tokens.issue, body, desk.caller.caller_id)
        base = str(desk.request.base_url).rstrip("/")
        return EmbedToken(token=token, url=f"{base}{PATH}?{urlencode({'token': token})}", expires_in=body.ttl_s)

    @router.get(PATH, include_in_schema=False)
    async def embed(request: Request, token: str = "") -> Response:
        """Use the token up, start a session in the frame, and go on to the chat."""
        # Elsewhere than in a frame it would put a stranger's session in the place of one's own.
        inside = request.headers.get("sec-fetch-dest", "iframe") in ("iframe", "frame")
        embedding = await run_in_threadpool(tokens.redeem, token) if inside else None
        if embedding is None:
            return page_response(EMBED_REFUSED, status=403)
        secret = await run_in_threadpool(
            access.let_in,
            request.headers,
            "student",
            (embedding.course_id,),
            person_id=embedding.person_id,
            framed_by=embedding.origin,
        )
        place = f"{request.scope.get('root_path', '')}{home}?{urlencode({'course': embedding.course_id})}"
        reply = RedirectResponse(place, status_code=303)
        reply.headers.append("set-cookie", access.embedded_cookie(secret))
        return reply

    return router


def _framing_origin(origin: str) -> str:
    """The origin as a content security policy names it.

    Raises:
        OriginRefused: It is none, or has no encryption and is not on this machine.
    """
    found, parts = origin_of(origin), urlsplit(origin)
    if not found or found != origin.lower() or (parts.scheme == "http" and not is_this_machine(parts.hostname or "")):
        raise OriginRefused(origin)
    return found
