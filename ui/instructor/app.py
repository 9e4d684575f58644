"""The instructor's pages as one Gradio application over the REST API.

The handlers are public to whoever may see the page, so none of them decides anything: each forwards the person's own
session cookie, and the API says what that person may see and do. Files, job progress, exports and question sets go
between the browser and the API directly, never through Gradio.
"""

from asyncio import to_thread
from collections.abc import Awaitable, Callable
from typing import Annotated

import gradio as gr
from gradio.components.plot import PlotData
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ui import page
from ui.api_client import ApiClient, ApiError
from ui.chat import keep_no_statistics
from ui.instructor.actions import Ordered
from ui.instructor.checks_page import draw_checks
from ui.instructor.correct_page import draw_correct
from ui.instructor.corrections_page import draw_corrections
from ui.instructor.coverage_plot import Look, coverage_plot
from ui.instructor.desk import Desk
from ui.instructor.drawing import Drawn
from ui.instructor.insight_pages import days_of, draw_coverage, draw_gaps, draw_glossary
from ui.instructor.questions_page import draw_questions
from ui.instructor.receipt_page import draw_receipt
from ui.instructor.sources_page import draw_sources
from ui.instructor.versions_page import draw_versions
from ui.page_reply import PageReply, replying
from ui.sanitising import sanitise_page
from ui.teaching import EVERY_COURSE, taught_by

PAGES: dict[str, Callable[[Desk, dict[str, str]], Awaitable[Drawn]]] = {
    "sources": draw_sources,
    "questions": draw_questions,
    "receipt": draw_receipt,
    "correct": draw_correct,
    "corrections": draw_corrections,
    "gaps": draw_gaps,
    "coverage": draw_coverage,
    "glossary": draw_glossary,
    "check": draw_checks,
    "versions": draw_versions,
}


class Wanted(BaseModel):
    """A page of a course, as the browser asks for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    course: Annotated[str, Field(min_length=1, max_length=200)]
    page: Annotated[str, Field(max_length=20)]
    params: Annotated[dict[str, Annotated[str, Field(max_length=2000)]], Field(max_length=20)] = {}


class PlotWanted(BaseModel):
    """The coverage of a course, and how the page looks that shows it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    course: Annotated[str, Field(min_length=1, max_length=200)]
    days: str = ""
    dark: bool = False
    narrow: bool = False


def build_instructor(client: ApiClient, *, title: str = "Course tutor for instructors") -> gr.Blocks:
    """Lay out the pages over ``client``; nothing is asked before a page is opened."""

    async def plot(event: gr.EventData, request: gr.Request) -> PlotData | None:
        try:
            wanted = PlotWanted.model_validate(event._data)
            desk = _desk(client, request, wanted.course)
            coverage = await desk.coverage(days_of({"days": wanted.days}))
        except (ApiError, ValidationError):
            return None  # the page itself has said why
        return coverage_plot(coverage.sections, Look(dark=wanted.dark, narrow=wanted.narrow))

    keep_no_statistics()
    with gr.Blocks(title=title, analytics_enabled=False, fill_height=True, fill_width=True) as pages:
        element = gr.HTML(
            elem_id="course-tutor",
            html_template=page.instructor_skeleton(),
            js_on_load=page.instructor_script(),
            head=page.instructor_styles(),
            apply_default_css=False,
            server_functions=_handlers(client),
            app_title=title,
        )
        drawn = gr.Plot(elem_id="course-tutor-plot", show_label=False, container=False)
        element.plot(plot, outputs=drawn, show_progress="hidden", trigger_mode="always_last", api_visibility="private")
    return pages


def _handlers(client: ApiClient) -> list[Callable[..., Awaitable[PageReply]]]:
    async def courses(_: object, request: gr.Request) -> PageReply:
        return await replying(_courses(_desk(client, request)))

    async def draw(wanted: object, request: gr.Request) -> PageReply:
        return await replying(_draw(client, wanted, request))

    async def act(ordered: object, request: gr.Request) -> PageReply:
        return await replying(_act(client, ordered, request))

    return [courses, draw, act]


async def _courses(desk: Desk) -> PageReply:
    """The courses that the person teaches."""
    taught = set(taught_by(await desk.me()))
    courses = [course for course in await desk.courses() if taught & {course.course_id, EVERY_COURSE}]
    return {"courses": [{"course_id": course.course_id, "title": course.title} for course in courses]}


async def _draw(client: ApiClient, wanted: object, request: gr.Request) -> PageReply:
    asked = Wanted.model_validate(wanted)
    draw = PAGES.get(asked.page, draw_sources)
    drawn = await draw(_desk(client, request, asked.course), asked.params)
    html = await to_thread(sanitise_page, drawn.html)  # a long page takes a while; others' answers must not wait for it
    return {"title": drawn.title, "html": html, "jobs": drawn.jobs}


async def _act(client: ApiClient, ordered: object, request: gr.Request) -> PageReply:
    order = Ordered.model_validate(ordered)
    return (await order.action.carry_out(_desk(client, request, order.course))).model_dump()


def _desk(client: ApiClient, request: gr.Request, course_id: str = "") -> Desk:
    """A course as whoever sent this request may work on it."""
    return Desk(client.on_behalf_of(str(request.headers.get("cookie") or "")), course_id)
