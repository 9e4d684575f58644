"""A small client of the tutor's REST API: all that the chat knows of the tutor goes through here.

It knows paths, headers and server-sent events, and turns every failure into words that a learner can use. It knows
nothing of Gradio and nothing of how answers come about.
"""

import logging
from collections.abc import AsyncIterator
from copy import copy
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Self, TypeAlias, TypeVar
from urllib.parse import quote

import httpx
from httpx_sse import ServerSentEvent, SSEError, aconnect_sse
from pydantic import ValidationError

from tutor.people_schemas import Me
from tutor.schemas import (
    Answer,
    AskRequest,
    Citation,
    Course,
    CourseList,
    DeltaEvent,
    Document,
    GlossaryEntry,
    GlossaryPage,
    MetaEvent,
    Problem,
    Wire,
)
from tutor.source_schemas import ResolvedCitation, SourceView

logger = logging.getLogger(__name__)

Reply = TypeVar("Reply", bound=Wire)
AnswerEvent: TypeAlias = MetaEvent | Citation | DeltaEvent | Answer

_EVENT_TYPES: dict[str, type[AnswerEvent]] = {
    "meta": MetaEvent,
    "citation": Citation,
    "delta": DeltaEvent,
    "done": Answer,
}
_CONTEXT_CHARS = 800  # on either side of a span: about what the panel shows without scrolling
_MAX_GLOSSARY_PAGES = 5  # the chat offers terms to look up, not a dictionary


class ApiError(Exception):
    """The API did not give what was asked for; ``words`` says so calmly and names what the learner can do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class _Connections:
    """Connections to the service, shared by all who ask."""

    def __init__(self, base_url: str, timeout: httpx.Timeout, transport: httpx.AsyncBaseTransport | None) -> None:
        self._base_url = base_url
        self._timeout = timeout
        self._transport = transport
        self._http: httpx.AsyncClient | None = None

    def client(self) -> httpx.AsyncClient:
        """The open client."""
        if self._http is None:  # on first use: connections belong to the event loop they are opened on
            self._http = httpx.AsyncClient(
                base_url=f"{self._base_url}/api/v1",
                # Keeps no cookie that a reply sets: it would be sent in the next person's name.
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                timeout=self._timeout,
                transport=self._transport,
                trust_env=False,  # a proxy named in the environment must never see learners' questions
            )
        return self._http

    async def close(self) -> None:
        """Close them; they may be opened again."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None


class ApiClient:
    """Asks the REST API at ``base_url``, as nobody in particular; ``on_behalf_of`` gives one that asks as somebody.

    Safe to share between sessions: it keeps no learner's data, and opens its connections on first use, so it can be
    made before the server listens.

    Args:
        base_url: Where the service answers, for example ``http://127.0.0.1:8000``.
        timeout_s: Longest silence that is waited for, in seconds.
        transport: Another way to the service than the network.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout_s: float = 30.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._connections = _Connections(base_url.rstrip("/"), httpx.Timeout(timeout_s, connect=5.0), transport)
        self._headers: dict[str, str] = {}

    def on_behalf_of(self, cookie: str, address: str = "") -> Self:
        """The same client, asking as whoever sent this Cookie header: the API decides what they may do.

        Args:
            cookie: The header.
            address: Where they are, so that each counts for themselves and not all for the chat. The API believes it
                because it comes from this machine.
        """
        client = copy(self)
        given = {"Cookie": cookie, "X-Forwarded-For": address}
        client._headers = {name: value for name, value in given.items() if value}
        return client

    async def courses(self) -> list[Course]:
        """List the courses that may be asked, ready or not."""
        return (await self._get("/courses", CourseList)).courses

    async def source(self, course_id: str, document_id: str, char_start: int, char_end: int) -> SourceView:
        """Read the span ``[char_start, char_end)`` of a document with its surroundings."""
        path = f"{_document_path(course_id, document_id)}/source"
        span = {"start": str(char_start), "end": str(char_end), "context": str(_CONTEXT_CHARS)}
        return await self._get(path, SourceView, **span)

    async def document(self, course_id: str, document_id: str) -> Document:
        """Read a document's whole canonical text and its sections."""
        return await self._get(_document_path(course_id, document_id), Document)

    async def glossary(self, course_id: str) -> list[GlossaryEntry]:
        """Read the terms that the course defines, in the API's order; at most a few pages of them."""
        entries: list[GlossaryEntry] = []
        cursor: str | None = None
        for _ in range(_MAX_GLOSSARY_PAGES):
            page = await self._get(
                f"/courses/{_segment(course_id)}/glossary", GlossaryPage, **({"cursor": cursor} if cursor else {})
            )
            entries.extend(page.entries)
            cursor = page.next_cursor
            if cursor is None:
                break
        return entries

    async def me(self) -> Me:
        """Who asks, and what they may do."""
        return await self._get("/me", Me)

    async def citation(self, course_id: str, chunk_id: str, span: tuple[int, int] | None) -> ResolvedCitation:
        """Find a passage that was cited once, or a span of it, as it was and as it is today."""
        path = f"/courses/{_segment(course_id)}/citations/{_segment(chunk_id)}"
        offsets = {"start": str(span[0]), "end": str(span[1])} if span else {}
        return await self._get(path, ResolvedCitation, **offsets)

    async def judge(self, course_id: str, answer_id: str, judgement: dict[str, object] | None) -> None:
        """Say what the person thinks of an answer that they got; None takes it back."""
        path = f"/courses/{_segment(course_id)}/answers/{_segment(answer_id)}/feedback"
        response = await self.exchange("DELETE" if judgement is None else "POST", path, json=judgement)
        if response.is_error:
            raise _problem_of(response)

    async def exchange(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        json: dict[str, object] | None = None,
    ) -> httpx.Response:
        """Send one request in the person's name; gives the reply, whatever its status.

        Raises:
            ApiError: There was no reply.
        """
        try:
            client = self._connections.client()
            return await client.request(method, path, params=params, json=json, headers=self._headers)
        except httpx.HTTPError as error:
            raise _failure_of(error) from error

    async def ask(self, course_id: str, request: AskRequest) -> AsyncIterator[AnswerEvent]:
        """Ask a question and give the answer's events as they arrive; ``Answer`` is always the last.

        Raises:
            ApiError: The service refused, failed, fell silent or broke off.
        """
        try:
            async with aconnect_sse(
                self._connections.client(),
                "POST",
                f"/courses/{_segment(course_id)}/ask",
                content=request.model_dump_json(),
                headers={**self._headers, "Content-Type": "application/json"},
            ) as source:
                if source.response.is_error:
                    await source.response.aread()
                    raise _problem_of(source.response)
                async for message in source.aiter_sse():
                    if event := _event_of(message):
                        yield event
                        if isinstance(event, Answer):
                            return
        except (httpx.HTTPError, ValidationError) as error:
            raise _failure_of(error) from error
        raise ApiError("The answer broke off before its end. Please ask again.")

    async def close(self) -> None:
        """Close the connections; the client may be used again."""
        await self._connections.close()

    async def _get(self, path: str, reply: type[Reply], **query: str) -> Reply:
        try:
            response = await self._connections.client().get(path, params=query, headers=self._headers)
            if response.is_error:
                raise _problem_of(response)
            return reply.model_validate_json(response.content)
        except (httpx.HTTPError, ValidationError) as error:
            raise _failure_of(error) from error


def _segment(text: str) -> str:
    """``text`` as one segment of a path; an id that only looks like a path stays one segment."""
    return quote(text, safe="")


def _document_path(course_id: str, document_id: str) -> str:
    return f"/courses/{_segment(course_id)}/documents/{_segment(document_id)}"


def _event_of(message: ServerSentEvent) -> AnswerEvent | None:
    """Read one event; None for a kind that a newer service may send.

    Raises:
        ApiError: The event is the service's report of a failure.
    """
    if message.event == "error":
        raise ApiError(_words_for(Problem.model_validate_json(message.data)))
    event_type = _EVENT_TYPES.get(message.event)
    return event_type.model_validate_json(message.data) if event_type else None


def _problem_of(response: httpx.Response) -> ApiError:
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:  # a proxy in between answered, not the service
        problem = Problem(
            type="about:blank",
            title=response.reason_phrase,
            status=response.status_code,
            detail="",
            instance="",
            code="",
            request_id="",
        )
    return ApiError(_words_for(problem, retry_after=response.headers.get("Retry-After", "")))


def _words_for(problem: Problem, *, retry_after: str = "") -> str:
    """Say an API problem to a learner: what happened, and what to do."""
    match problem.status:
        case 401 | 403:
            return "You are not signed in for this course. Please open the tutor again from where you started it."
        case 404:
            return problem.detail or "This is no longer part of the course."
        case 400 | 413 | 422:
            return problem.detail or "The tutor could not read this question. Please shorten or rephrase it."
        case 429:
            wait = f"{retry_after} seconds" if retry_after.isdigit() else "a moment"
            return f"Many questions are being asked right now. Please wait {wait} and ask again."
        case 503:
            return problem.detail or "The course is still being prepared. Please try again in a moment."
        case _:
            logger.warning("API problem %s %s, request %s", problem.status, problem.code, problem.request_id)
            noted = f" It is noted as {problem.request_id}." if problem.request_id else ""
            return f"Something went wrong on our side.{noted} Please try again."


def _failure_of(error: Exception) -> ApiError:
    logger.warning("API call failed: %s", type(error).__name__)
    if isinstance(error, httpx.TimeoutException):
        return ApiError("The tutor takes too long to answer. Please try again in a moment.")
    if isinstance(error, httpx.TransportError) and not isinstance(error, SSEError):
        return ApiError("The tutor cannot be reached right now. Please try again in a moment.")
    return ApiError("The tutor's reply could not be read. Please try again.")
