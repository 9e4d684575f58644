"""The API as one person works on one course with it: every path that the instructor's pages use stands here.

A desk asks in the name of one person, so the API decides each time what that person may do. It keeps nothing.
"""

from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from tutor.curation_schemas import AliasList, HiddenList, NoteList
from tutor.insight_schemas import CheckList, Coverage, Gaps, TermUses
from tutor.instructor_schemas import QuestionPage, Receipt, Replay, Verified, VerifiedPage
from tutor.people_schemas import Me
from tutor.schemas import Course, CourseList, Problem, SearchResults, Wire
from tutor.source_schemas import GenerationList, Job, JobList, SourcePage
from ui.api_client import ApiClient, ApiError

Reply = TypeVar("Reply", bound=Wire)
Json = dict[str, object]

UNREACHABLE = "The tutor cannot be reached right now. Nothing was changed; please try again in a moment."
NOT_YOURS = "This page is for the instructors of the course. If you are one, open the tutor from your own link again."


@dataclass(frozen=True, slots=True)
class Desk:
    """One course, as one person may work on it.

    Args:
        client: Asks in that person's name.
        course_id: The course; empty for what is about no single one.
    """

    client: ApiClient
    course_id: str

    async def courses(self) -> list[Course]:
        """The courses that the person may read."""
        return (await self._get("/courses", CourseList)).courses

    async def me(self) -> Me:
        """Who the person is, and what they may do."""
        return await self._get("/me", Me)

    async def sources(self, **query: str) -> SourcePage:
        """The course's files."""
        return await self._get(self.path("sources"), SourcePage, **query)

    async def jobs(self) -> list[Job]:
        """Work on the course, newest first."""
        return (await self._get(self.path("jobs"), JobList)).jobs

    async def questions(self, **query: str) -> QuestionPage:
        """What was asked."""
        return await self._get(self.path("questions"), QuestionPage, **query)

    async def receipt(self, answer_id: str) -> Receipt:
        """How an answer came about."""
        return await self._get(self.path("answers", answer_id, "receipt"), Receipt)

    async def replay(self, answer_id: str) -> Replay:
        """The same question, asked of today's index."""
        return await self._send("POST", self.path("answers", answer_id, "replay"), Replay)

    async def search(self, query: str, top_k: int) -> SearchResults:
        """Passages of the course."""
        return await self._send("POST", self.path("search"), SearchResults, {"query": query, "top_k": top_k})

    async def verified(self, **query: str) -> VerifiedPage:
        """Verified answers."""
        return await self._get(self.path("verified"), VerifiedPage, **query)

    async def verified_answer(self, verified_id: str) -> Verified:
        """One verified answer."""
        return await self._get(self.path("verified", verified_id), Verified)

    async def hidden(self) -> HiddenList:
        """Passages that no answer uses."""
        return await self._get(self.path("hidden"), HiddenList)

    async def aliases(self) -> AliasList:
        """Other words for terms."""
        return await self._get(self.path("aliases"), AliasList)

    async def notes(self) -> NoteList:
        """The instructor's own words."""
        return await self._get(self.path("notes"), NoteList)

    async def gaps(self, days: int) -> Gaps:
        """What was asked and not answered."""
        return await self._get(self.path("gaps"), Gaps, days=str(days))

    async def coverage(self, days: int) -> Coverage:
        """Which sections are asked about and cited."""
        return await self._get(self.path("coverage"), Coverage, days=str(days))

    async def glossary(self, days: int) -> TermUses:
        """The terms and how often they are asked about."""
        return await self._get(self.path("glossary", "usage"), TermUses, days=str(days))

    async def checks(self) -> CheckList:
        """Question sets that were run, newest first."""
        return await self._get(self.path("checks"), CheckList)

    async def generations(self) -> GenerationList:
        """The versions of the course's index."""
        return await self._get(self.path("generations"), GenerationList)

    async def change(self, method: str, *path: str, body: Json | None = None) -> Json:
        """Change something at ``path`` below the course; gives the API's reply, empty where it has none."""
        response = await self._request(method, self.path(*path), json=body)
        return dict(response.json()) if response.content else {}

    def path(self, *parts: str) -> str:
        """A path below the course; an id that looks like a path stays one segment."""
        return "/".join(("/courses", *(quote(part, safe="") for part in (self.course_id, *parts))))

    async def _get(self, path: str, reply: type[Reply], **query: str) -> Reply:
        return _read(await self._request("GET", path, params={k: v for k, v in query.items() if v}), reply)

    async def _send(self, method: str, path: str, reply: type[Reply], body: Json | None = None) -> Reply:
        return _read(await self._request(method, path, json=body), reply)

    async def _request(
        self, method: str, path: str, *, params: dict[str, str] | None = None, json: Json | None = None
    ) -> httpx.Response:
        response = await self.client.exchange(method, path, params=params, json=json)
        if response.is_error:
            raise ApiError(_words_for(response))
        return response


def _read(response: httpx.Response, reply: type[Reply]) -> Reply:
    try:
        return reply.model_validate_json(response.content)
    except ValidationError as error:
        raise ApiError("The tutor's reply could not be read. Please reload the page.") from error


def _words_for(response: httpx.Response) -> str:
    """Say an API problem to an instructor: what happened, and what to do."""
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:  # a proxy in between answered, not the service
        return UNREACHABLE
    match problem.status:
        case 401 | 403:
            return NOT_YOURS
        case 429:
            return "The tutor is busy. Nothing was changed; please try again in a moment."
        case status if status < 500 or status == 503:
            listed = "; ".join(dict.fromkeys(each.detail for each in problem.errors))
            words = ": ".join(part for part in (problem.detail or problem.title, listed) if part)
            return words[:1].upper() + words[1:]
        case _:
            return f"Something went wrong on our side, noted as {problem.request_id}. Please try again."
