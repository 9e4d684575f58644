"""An API of one course in memory behind the instructor's pages, speaking the contract; it notes what it is asked to do.

Whose cookie says ``role=student`` is refused, as the real API would.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import instructed_samples as samples
from fastapi import FastAPI, Request, Response
from instructed_samples import Say
from pydantic import BaseModel
from served import closing
from starlette.responses import JSONResponse, StreamingResponse

from tutor import curation_schemas as curation
from tutor import insight_schemas as insight
from tutor import instructor_schemas as wire
from tutor import source_schemas as files
from tutor.people_schemas import Me
from tutor.schemas import Course, CourseList, SearchResults
from ui.api_client import ApiClient
from ui.chat import mount_chat
from ui.instructor.app import build_instructor

COURSE = "/api/v1/courses/{course}"


@dataclass
class Stub:
    """What the API holds, and what it was asked for."""

    say: Say = str
    is_empty: bool = False
    sources: list[files.Source] = field(default_factory=list)
    changes: list[tuple[str, str, Any]] = field(default_factory=list)  # method, path below the course, body
    asked: list[dict[str, str]] = field(default_factory=list)  # filters of the log of questions
    uploaded: dict[str, int] = field(default_factory=dict)  # bytes by name
    refused: list[str] = field(default_factory=list)  # paths that a student tried
    problem: str = ""  # what a change is refused with, if it is

    def __post_init__(self) -> None:
        self.sources = samples.sources(self.say)

    def listed(self, *made: Any) -> list[Any]:
        """The things, or none where the course is new."""
        return [] if self.is_empty else list(made)


def instructed_app(
    stub: Stub, transport: httpx.AsyncBaseTransport | None = None
) -> Callable[[str], Awaitable[FastAPI]]:
    """What ``served`` builds: the API and the pages over it, at one address."""

    async def build(address: str) -> FastAPI:
        client = ApiClient(address, transport=transport)
        app = FastAPI(lifespan=closing(client))
        _refuse_students(app, stub)
        _people_and_courses(app, stub)
        _files(app, stub)
        _asking(app, stub)
        _corrections(app, stub)
        _insight(app, stub)
        _changes(app, stub)
        mount_chat(app, build_instructor(client), path="/instructor")
        return app

    return build


def is_student(request: Request) -> bool:
    return "role=student" in request.headers.get("cookie", "")


def _refuse_students(app: FastAPI, stub: Stub) -> None:
    @app.middleware("http")
    async def refuse(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        if request.url.path.startswith("/api/v1/courses/") and is_student(request):
            stub.refused.append(request.url.path)
            return _problem(403, "this needs the permission instruct")
        return await proceed(request)


def _people_and_courses(app: FastAPI, stub: Stub) -> None:
    @app.get("/api/v1/me")
    def me(request: Request) -> Me:
        granted = ["read", "ask"] if is_student(request) else ["read", "ask", "ingest", "instruct"]
        return Me.model_validate({"person_id": "p", "kind": "session", "permissions": {"*": granted}, "courses": []})

    @app.get("/api/v1/courses")
    def courses() -> CourseList:
        titles = {"medicine": samples.TITLE, "stars": "A Short Course on Stars"}
        return CourseList(courses=[_course(course_id, stub.say(title)) for course_id, title in titles.items()])


def _course(course_id: str, title: str) -> Course:
    return Course(
        course_id=course_id,
        title=title,
        description="",
        ready=True,
        reason="",
        generation="g",
        n_documents=1,
        n_chunks=1,
        suggested_questions=[],
    )


def _files(app: FastAPI, stub: Stub) -> None:
    @app.get(f"{COURSE}/sources")
    def sources(course: str) -> Response:
        return _json(files.SourcePage(sources=stub.listed(*stub.sources) if course == "medicine" else []))

    @app.post(f"{COURSE}/sources")
    async def upload(course: str, request: Request) -> Response:
        async with request.form() as form:
            for file in form.getlist("file"):
                if isinstance(file, str) or not file.filename:
                    return _problem(422, "this is no file")
                if file.filename.endswith(".exe"):
                    return _problem(422, "this kind of file cannot be read: .exe")
                stub.uploaded[file.filename] = len(await file.read())
                stub.sources.append(samples.source(stub.say, file.filename, "queued"))
        return _json(files.Upload(job=samples.job("j1", "queued"), sources=[], unchanged=[]), status=202)

    @app.get(f"{COURSE}/jobs")
    def jobs(course: str) -> Response:
        return _json(files.JobList(jobs=[]))

    @app.get(f"{COURSE}/jobs/{{job_id}}")
    async def job(course: str, job_id: str) -> StreamingResponse:
        async def events() -> AsyncIterator[str]:
            for done in (10, 30):
                yield _event("progress", samples.job(job_id, "running", done))
                await asyncio.sleep(0.3)  # so that a browser can be seen to show it
            for position, source in enumerate(stub.sources):
                if source.status == "queued":
                    stub.sources[position] = source.model_copy(update={"status": "indexed"})
            yield _event("done", samples.job(job_id, "done", 40))

        return StreamingResponse(events(), media_type="text/event-stream")

    @app.get(f"{COURSE}/generations")
    def generations(course: str) -> Response:
        found = samples.generations(stub.say)
        return _json(files.GenerationList(generations=stub.listed(*found.generations)))


def _asking(app: FastAPI, stub: Stub) -> None:
    say = stub.say

    @app.get(f"{COURSE}/questions")
    def questions(course: str, request: Request) -> Response:
        stub.asked.append(dict(request.query_params))
        if "text/csv" in request.headers.get("accept", ""):
            return Response("question\nwhat is radiomics\n", media_type="text/csv")
        first = int(request.query_params.get("cursor", 0))
        found = [samples.question(say, number) for number in range(first, first + 25)]
        found = [] if request.query_params.get("search") == "nothing" else stub.listed(*found)
        log = wire.QuestionLog(state="on", detail="", n_lost=0)
        return _json(wire.QuestionPage(questions=found, next_cursor=None if first or not found else "25", log=log))

    @app.get(f"{COURSE}/answers/{{answer_id}}/receipt")
    def receipt(course: str, answer_id: str) -> Response:
        known = answer_id.startswith("a")
        return _json(samples.receipt(say, answer_id)) if known else _problem(404, "there is no such answer")

    @app.post(f"{COURSE}/answers/{{answer_id}}/replay")
    def replay(course: str, answer_id: str) -> Response:
        told = [say("a sentence is new"), say("another passage comes first")]
        then = now = samples.receipt(say)
        return _json(wire.Replay(then=then, now=now, same=False, differences=told))

    @app.post(f"{COURSE}/search")
    def search(course: str) -> Response:
        hits = [samples.hit(say, rank) for rank in range(1, 5)]
        return _json(SearchResults(query="", hits=hits, generation="g"))


def _corrections(app: FastAPI, stub: Stub) -> None:
    say = stub.say

    @app.get(f"{COURSE}/verified")
    def verified(course: str) -> Response:
        return _json(wire.VerifiedPage(verified=stub.listed(samples.verified(say)), next_cursor=None))

    @app.get(f"{COURSE}/verified/{{verified_id}}")
    def one_verified(course: str, verified_id: str) -> Response:
        return _json(samples.verified(say))

    @app.get(f"{COURSE}/hidden")
    def hidden(course: str) -> Response:
        return _json(curation.HiddenList(hidden=stub.listed(samples.hidden(say))))

    @app.get(f"{COURSE}/aliases")
    def aliases(course: str) -> Response:
        return _json(curation.AliasList(aliases=stub.listed(samples.alias(say))))

    @app.get(f"{COURSE}/notes")
    def notes(course: str) -> Response:
        return _json(curation.NoteList(notes=stub.listed(samples.note(say))))


def _insight(app: FastAPI, stub: Stub) -> None:
    say = stub.say

    @app.get(f"{COURSE}/gaps")
    def gaps(course: str) -> Response:
        return _json(insight.Gaps(topics=[], withheld=0, min_people=5) if stub.is_empty else samples.gaps(say))

    @app.get(f"{COURSE}/coverage")
    def coverage(course: str) -> Response:
        return _json(insight.Coverage(sections=stub.listed(*samples.coverage(say).sections)))

    @app.get(f"{COURSE}/glossary/usage")
    def glossary(course: str) -> Response:
        return _json(insight.TermUses(terms=stub.listed(*samples.glossary(say).terms)))

    @app.get(f"{COURSE}/checks")
    def checks(course: str) -> Response:
        return _json(insight.CheckList(checks=stub.listed(samples.check(say))))

    @app.post(f"{COURSE}/checks")
    async def run_check(course: str, request: Request) -> Response:
        stub.changes.append(("POST", "checks", (await request.body()).decode()))
        return _json(samples.job("k2", "queued", kind="check"), status=202)


def _changes(app: FastAPI, stub: Stub) -> None:
    @app.api_route(f"{COURSE}/{{rest:path}}", methods=["POST", "PUT", "DELETE"])
    async def change(course: str, rest: str, request: Request) -> Response:
        if stub.problem:
            return _problem(409, stub.problem)
        body = await request.body()
        stub.changes.append((request.method, rest, json.loads(body) if body else None))
        works = rest.startswith(("sources/", "jobs"))
        return JSONResponse({"job_id": "j2"} if works else {"alias_id": "l2", "note_id": "n2"})


def _json(reply: BaseModel, *, status: int = 200) -> Response:
    return Response(reply.model_dump_json(), status_code=status, media_type="application/json")


def _problem(status: int, detail: str) -> JSONResponse:
    problem = {"type": "about:blank", "title": "Refused", "status": status, "detail": detail, "code": "refused"}
    problem |= {"instance": "", "request_id": "r1", "errors": []}
    return JSONResponse(problem, status_code=status, media_type="application/problem+json")


def _event(name: str, job: files.Job) -> str:
    return f"event: {name}\ndata: {job.model_dump_json()}\n\n"
