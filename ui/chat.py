"""The chat: one Gradio page that asks the tutor's REST API and shows answers with their sources.

The page (``ui/assets``) keeps the conversation; the handlers here keep nothing between calls, so a learner's words
live only in their own browser tab and in the requests they send. The chat shows text and knows no course itself.
"""

import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import gradio as gr
from fastapi import FastAPI, Request
from pydantic import ValidationError

from tutor.schemas import AskRequest
from ui import page
from ui.answer_stream import Update, failed, stream_answer
from ui.api_client import ApiClient, ApiError
from ui.browser_events import Asked, CitationFollowed, CourseChosen, Judged, SourceOpened
from ui.page_reply import UNREADABLE, PageReply, replying
from ui.teaching import taught_by
from ui.viewer import followed_citation, opened_source

MAX_WAITING = 256  # questions in the line of one process: as many as tabs may have a stream open

# --- what the page asks for in passing --------------------------------------------------------------------------------


def _handlers(client: ApiClient) -> list[Callable[..., Awaitable[PageReply]]]:
    """The page's questions besides the learner's: each takes the browser's JSON and gives JSON."""

    async def courses(_: object, request: gr.Request) -> PageReply:
        return await replying(_course_list(_as_sender(client, request)))

    async def glossary(chosen: object, request: gr.Request) -> PageReply:
        return await replying(_glossary(_as_sender(client, request), chosen))

    async def source(opened: object, request: gr.Request) -> PageReply:
        return await replying(_source(_as_sender(client, request), opened))

    async def citation(followed: object, request: gr.Request) -> PageReply:
        return await replying(_citation(_as_sender(client, request), followed))

    async def judge(judged: object, request: gr.Request) -> PageReply:
        return await replying(_judge(_as_sender(client, request), judged))

    return [courses, glossary, source, citation, judge]


def _as_sender(client: ApiClient, request: gr.Request) -> ApiClient:
    """The way to the API in the name of whoever sent this request: the chat itself may do nothing."""
    address = request.client.host if request.client else ""
    return client.on_behalf_of(request.headers.get("cookie", ""), address)


async def _course_list(client: ApiClient) -> PageReply:
    return {"courses": [course.model_dump() for course in await client.courses()], "teaches": await _teaches(client)}


async def _teaches(client: ApiClient) -> list[str]:
    """The courses whose instructor's pages the person may open; ``*`` for all. The chat works without knowing."""
    try:
        return taught_by(await client.me())
    except ApiError:
        return []


async def _glossary(client: ApiClient, chosen: object) -> PageReply:
    entries = await client.glossary(CourseChosen.model_validate(chosen).course)
    return {"terms": [entry.term for entry in entries]}


async def _source(client: ApiClient, opened: object) -> PageReply:
    return await opened_source(client, SourceOpened.model_validate(opened))


async def _citation(client: ApiClient, followed: object) -> PageReply:
    return await followed_citation(client, CitationFollowed.model_validate(followed))


async def _judge(client: ApiClient, judged: object) -> PageReply:
    said = Judged.model_validate(judged)
    await client.judge(said.course, said.answer, said.judgement())
    return {}


# --- the page ---------------------------------------------------------------------------------------------------------


def build_chat(
    client: ApiClient, *, title: str = "Course tutor", max_question_chars: int = 4000, max_concurrent_asks: int = 4
) -> gr.Blocks:
    """Lay out the chat over ``client``; nothing is asked before a page is opened.

    Args:
        client: The way to the REST API.
        title: Of the browser's tab, until a course is chosen.
        max_question_chars: The API's limit on a question, shown to the learner while typing.
        max_concurrent_asks: How many answers stream at once, over all learners; more wait in line.
    """

    async def ask(event: gr.EventData, sender: gr.Request) -> AsyncIterator[Update]:
        payload: Mapping[str, object] = event._data if isinstance(event._data, Mapping) else {}
        try:
            asked = Asked.model_validate(payload)
            request = AskRequest(question=asked.question, history=asked.recent_history(), document_id=asked.document)
        except ValidationError:
            turn = payload.get("turn")
            yield failed(turn if isinstance(turn, int) else 0, UNREADABLE)
            return
        async for update in stream_answer(_as_sender(client, sender), asked.turn, asked.course, request):
            yield update

    keep_no_statistics()
    with gr.Blocks(title=title, analytics_enabled=False, fill_height=True, fill_width=True) as chat:
        # "value" is the update of the turn under way; the skeleton does not use it, the page's program does.
        element = gr.HTML(
            elem_id="course-tutor",
            html_template=page.skeleton(),
            js_on_load=page.script(),
            head=page.styles(),
            apply_default_css=False,
            server_functions=_handlers(client),
            max_question_chars=max_question_chars,
            app_title=title,
        )
        asking = element.ask(
            ask,
            outputs=element,
            show_progress="hidden",
            # A stopped turn may still be winding down when the next is asked; the page tells them apart by number.
            trigger_mode="multiple",
            concurrency_limit=max_concurrent_asks,
            api_visibility="private",
        )
        element.stop(None, cancels=[asking])
    chat.queue(max_size=MAX_WAITING)
    return chat


def keep_no_statistics() -> None:
    """Before an application is built: Gradio's own record of events stays next to empty.

    It keeps its last ten thousand events, and after each sums them up in a data frame, for a monitoring page that
    nobody can open here.
    """
    os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(sys.maxsize))


def mount_chat(
    app: FastAPI,
    chat: gr.Blocks,
    *,
    path: str = "/chat",
    identify: Callable[[Request], str | None] | None = None,
) -> None:
    """Mount ``chat`` at ``path``, without Gradio's own API page, settings, run history, fonts and telemetry.

    Args:
        app: The service's application.
        chat: From ``build_chat``.
        path: Where the page is served.
        identify: Gives the learner of a request, None to refuse; the gate in front decides all the same.
    """
    gr.mount_gradio_app(
        app,
        chat,
        path,
        auth_dependency=identify,
        theme=_theme(),
        footer_links=[],
        run_history=False,  # Gradio would keep questions and answers in the browser's storage
        show_error=False,
        enable_monitoring=False,
        max_file_size="1b",  # nothing is uploaded
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
    )


def storage_guard() -> str:
    """JavaScript that must stand inline right after ``<head>`` of the chat's document; see ``ui.page``."""
    return page.storage_guard()


def _theme() -> gr.themes.Base:
    fonts = [gr.themes.Font(name) for name in ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")]
    mono = [gr.themes.Font(name) for name in ("ui-monospace", "Menlo", "Consolas", "monospace")]
    theme = gr.themes.Base(font=fonts, font_mono=mono)
    # The page's own background, so that nothing flashes while Gradio starts; as in assets/css/tokens.css.
    return theme.set(body_background_fill="#f7f6f2", body_background_fill_dark="#14171c")
