"""An API whose every text tries to run as a script, behind the chat that must show it as text.

Without the gate's content security policy on purpose: here the chat's own care stands alone.
"""

from collections.abc import AsyncIterator

from answer_samples import answer, citation, nearest, query, refusal, statement
from fastapi import FastAPI
from hostile_text import PAYLOADS
from served import closing
from starlette.responses import StreamingResponse

from tutor.schemas import (
    Answer,
    AskRequest,
    Correction,
    Course,
    CourseList,
    DeltaEvent,
    Document,
    GlossaryEntry,
    GlossaryPage,
    MetaEvent,
    Section,
)
from tutor.source_schemas import ExcerptPage, SourceView
from ui.api_client import ApiClient
from ui.chat import build_chat, mount_chat

EVERYTHING = "\n".join(PAYLOADS)


async def hostile_chat(address: str) -> FastAPI:
    """The chat at ``/chat/`` over a hostile API, both at ``address``."""
    client = ApiClient(address)
    app = FastAPI(lifespan=closing(client))
    app.get("/api/v1/courses")(courses)
    app.get("/api/v1/courses/{course}/glossary")(glossary)
    app.get("/api/v1/courses/{course}/documents/{document_id:path}/source")(source)
    app.get("/api/v1/courses/{course}/documents/{document_id:path}")(document)
    app.post("/api/v1/courses/{course}/ask")(ask)
    mount_chat(app, build_chat(client, max_question_chars=1_000_000))
    return app


def courses() -> CourseList:
    hostile = [_course(f"c{number}", payload) for number, payload in enumerate(PAYLOADS)]
    return CourseList(courses=[_course("all", EVERYTHING, suggested=list(PAYLOADS)), *hostile])


def _course(course_id: str, text: str, suggested: list[str] | None = None) -> Course:
    return Course(
        course_id=course_id,
        title=text,
        description=text,
        ready=True,
        reason=text,
        generation="g",
        n_documents=1,
        n_chunks=1,
        suggested_questions=suggested or [text],
    )


def glossary(course: str) -> GlossaryPage:
    return GlossaryPage(entries=[GlossaryEntry(term=payload, aliases=[], definitions=[]) for payload in PAYLOADS])


def source(course: str, document_id: str, start: int, end: int) -> SourceView:
    return SourceView(
        course_id=course,
        document_id=document_id,
        document_title=EVERYTHING,
        heading_path=list(PAYLOADS),
        char_start=start,
        char_end=end,
        before=EVERYTHING,
        text=PAYLOADS[start],
        after=EVERYTHING,
        excerpt_start=start,
        excerpt_end=end,
        document_chars=1_000_000,
        generation="g",
        source_name=EVERYTHING,
        page=ExcerptPage(index=0, number=1, label=EVERYTHING[:1000], width=600, height=800, image_url=EVERYTHING[:500]),
        boxes=[],
        link="javascript:window.pwned=1",
        activity=EVERYTHING,
    )


def document(course: str, document_id: str) -> Document:
    heading = PAYLOADS[0]
    return Document(
        course_id=course,
        document_id=document_id,
        title=EVERYTHING,
        source_name=EVERYTHING,
        source_sha256="",
        generation="g",
        text=EVERYTHING,
        sections=[
            Section(heading=heading, level=1, heading_path=[heading], char_start=0, char_end=len(EVERYTHING)),
        ],
    )


def ask(course: str, request: AskRequest) -> StreamingResponse:
    corrections = tuple(Correction(written=payload, read_as=payload) for payload in PAYLOADS)
    read = query(request.question, used=EVERYTHING, corrections=corrections)
    near = [nearest(heading_path=[p, p], document_id=p, char_start=0, char_end=1) for p in PAYLOADS]
    if request.question == "refuse":
        return _streamed(refusal(query=read, nearest=near, message=EVERYTHING))
    return _streamed(
        answer(
            status="partly",
            query=read,
            nearest=near,
            message=EVERYTHING,
            statements=[statement(p, term=f"{p}!", citations=[n]) for n, p in enumerate(PAYLOADS, 1)],
            citations=[
                citation(n, document_id=p, document_title=p, heading_path=[p], char_start=n - 1, char_end=n, quote=p)
                for n, p in enumerate(PAYLOADS, 1)
            ],
        )
    )


def _streamed(given: Answer) -> StreamingResponse:
    async def events() -> AsyncIterator[str]:
        shown = given.model_dump(include={"answer_id", "status", "query", "confidence", "generation"})
        meta = MetaEvent.model_validate({**shown, "course_id": "all"})
        yield f"event: meta\ndata: {meta.model_dump_json()}\n\n"
        for each in given.citations[:5]:
            yield f"event: citation\ndata: {each.model_dump_json()}\n\n"
        for position, each in enumerate(given.statements[:5]):
            delta = DeltaEvent(statement=position, **each.model_dump())
            yield f"event: delta\ndata: {delta.model_dump_json()}\n\n"
        yield f"event: done\ndata: {given.model_dump_json()}\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")
