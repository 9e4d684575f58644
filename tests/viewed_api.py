"""An API of one answer from a PDF behind the chat: its page, its passage as it was once, what is thought of it."""

import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from answer_samples import answer, citation, nearest, query, refusal, statement
from fastapi import FastAPI, Request
from PIL import Image, ImageDraw
from served import closing
from starlette.responses import JSONResponse, Response, StreamingResponse

from tutor.people_schemas import Me
from tutor.schemas import Answer, AskRequest, Course, CourseList, GlossaryPage, VerifiedMark
from tutor.source_schemas import Box, CitedText, ExcerptPage, ResolvedCitation, SourceView
from ui.api_client import ApiClient
from ui.chat import build_chat, mount_chat

DEFINITION = "Radiomics is a field of study."
EARLIER = "Radiomics is a new field of study."
WIDTH, HEIGHT = 612.0, 792.0  # a page of US letter, in points
BOX = Box(page_index=11, left=72, top=100, right=372, bottom=124)
LINK = "https://lms.example.edu/mod/resource/view.php?id=7"
COURSE = "/api/v1/courses/{course}"


@dataclass
class Viewed:
    """What the API gives and notes."""

    judged: list[tuple[str, str, Any]] = field(default_factory=list)  # method, answer id, body
    teaches: bool = False
    state: str = "unchanged"  # of the old citation
    has_picture: bool = True
    link: str = LINK
    pictures: int = 0  # how often one was fetched


def viewed_app(viewed: Viewed) -> Callable[[str], Awaitable[FastAPI]]:
    """What ``served`` builds: the chat over this API, both at one address."""

    async def build(address: str) -> FastAPI:
        client = ApiClient(address)
        app = FastAPI(lifespan=closing(client))
        _about_people(app, viewed)
        _asking(app, viewed)
        _viewing(app, viewed)
        mount_chat(app, build_chat(client))
        return app

    return build


def _about_people(app: FastAPI, viewed: Viewed) -> None:
    @app.get("/api/v1/me")
    def me() -> Me:
        granted = ["read", "ask", *(["instruct"] if viewed.teaches else [])]
        return Me.model_validate({"person_id": "p", "kind": "session", "permissions": {"c": granted}, "courses": ["c"]})

    @app.get("/api/v1/courses")
    def courses() -> CourseList:
        described = {"course_id": "c", "title": "Medicine", "description": "", "ready": True, "reason": ""}
        counted = {"generation": "g", "n_documents": 1, "n_chunks": 1, "suggested_questions": ["What is radiomics?"]}
        return CourseList(courses=[Course.model_validate(described | counted)])

    @app.get(f"{COURSE}/glossary")
    def glossary(course: str) -> GlossaryPage:
        return GlossaryPage(entries=[])


def _asking(app: FastAPI, viewed: Viewed) -> None:
    @app.post(f"{COURSE}/ask")
    def ask(course: str, request: AskRequest) -> StreamingResponse:
        given = refused(request.question) if "cost" in request.question else answered(request.question)

        async def events() -> AsyncIterator[str]:
            yield f"event: done\ndata: {given.model_dump_json()}\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    @app.api_route(f"{COURSE}/answers/{{answer_id}}/feedback", methods=["POST", "DELETE"])
    async def judge(course: str, answer_id: str, request: Request) -> Response:
        body = await request.body()
        viewed.judged.append((request.method, answer_id, json.loads(body) if body else None))
        return JSONResponse({})


def answered(question: str) -> Answer:
    place = {"document_id": "lecture.pdf", "page": 12, "page_label": "xii", "char_start": 5, "char_end": 35}
    return answer(
        answer_id="a7",
        query=query(question),
        statements=[statement(DEFINITION), statement("It uses images.", kind="passage", term=None, citations=[2])],
        citations=[citation(1, quote=DEFINITION, **place), citation(2, quote="It uses images.", **place)],
        verified=VerifiedMark.model_validate({"verified_id": "v1", "at": "2026-11-24T09:30:00Z"}),
        suggestions=["What is transfer learning?", "What is a CNN?"],
    )


def refused(question: str) -> Answer:
    return refusal(answer_id="a8", query=query(question), nearest=[nearest()], suggestions=["What is a CNN?"])


def _viewing(app: FastAPI, viewed: Viewed) -> None:
    @app.get(f"{COURSE}/documents/{{document_id}}/source")
    def source(course: str, document_id: str, start: int, end: int) -> SourceView:
        image = "/api/v1/courses/c/documents/lecture.pdf/pages/11.png" if viewed.has_picture else None
        page = ExcerptPage(index=11, number=12, label="xii", width=WIDTH, height=HEIGHT, image_url=image)
        return SourceView.model_validate(
            {
                "course_id": course,
                "document_id": document_id,
                "document_title": "Lecture 3",
                "heading_path": ["Radiomics", "Definition"],
                "char_start": start,
                "char_end": end,
                "before": "Once: ",
                "text": DEFINITION,
                "after": " It uses images.",
                "excerpt_start": 0,
                "excerpt_end": 60,
                "document_chars": 900,
                "generation": "g",
                "page": page,
                "boxes": [BOX],
                "link": viewed.link,
                "activity": "Week 3",
                "source_name": "lecture.pdf",
            }
        )

    @app.get(f"{COURSE}/documents/{{document_id}}/pages/{{page}}")
    def picture(course: str, document_id: str, page: str) -> Response:
        viewed.pictures += 1
        return Response(page_picture(), media_type="image/png")

    @app.get(f"{COURSE}/citations/{{chunk_id}}")
    def resolve(course: str, chunk_id: str) -> Response:
        now = None if viewed.state == "gone" else cited(DEFINITION)
        found = {"state": viewed.state, "then": cited(EARLIER), "now": now}
        reply = ResolvedCitation.model_validate(found).model_dump_json()
        return Response(reply, media_type="application/json")


def cited(text: str) -> CitedText:
    where = {"heading_path": ["Radiomics"], "document_id": "lecture.pdf", "document_title": "Lecture 3"}
    span = {"page": 12, "page_label": "xii", "char_start": 5, "char_end": 35, "generation": "g"}
    return CitedText.model_validate({"text": text, **where, **span})


def page_picture() -> bytes:
    """A page with lines of text, the third of which is cited."""
    image = Image.new("RGB", (int(WIDTH), int(HEIGHT)), "white")
    pen = ImageDraw.Draw(image)
    pen.text((72, 50), "xii", fill="black")
    for number in range(20):
        pen.text((72, 76 + 16 * number), f"{DEFINITION} It uses images. Line {number}.", fill="black")
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()
