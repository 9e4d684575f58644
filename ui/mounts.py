"""Where the chat and the instructor's pages are served, what of them may be reached, and by whom."""

from functools import partial

from fastapi import FastAPI, Request
from starlette.responses import RedirectResponse
from starlette.routing import Mount
from starlette.types import ASGIApp, Scope

from tutor.api.callers import caller_of
from tutor.api.lti.office import Framers
from tutor.api.policy import GET, POST, Rule
from tutor.api.problems import NOT_FOUND, problem_response
from tutor.api.siblings import Siblings
from tutor.permissions import Permission
from ui import gradio_paths
from ui.api_client import ApiClient
from ui.chat import build_chat, mount_chat, storage_guard
from ui.chat_document import ChatDocument
from ui.instructor.app import build_instructor
from ui.session_binding import SessionBinding

CHAT = "/chat"
INSTRUCTOR = "/instructor"
HOME = f"{CHAT}/"


def _rules_of(mount: str, needs: Permission) -> tuple[Rule, ...]:
    """What of a Gradio application at ``mount`` may be reached, by whom."""
    return (
        Rule(mount, "anyone", GET, page=True),
        Rule(mount + gradio_paths.PAGE, "browsers", GET, needs=needs, page=True),
        *(Rule(mount + path, "browsers", GET, needs=needs, cacheable=True) for path in gradio_paths.FILES),
        *(Rule(mount + path, "browsers", GET, needs=needs) for path in gradio_paths.THEME),
        *(Rule(mount + path, "browsers", GET, needs=needs, streams="always") for path in gradio_paths.STREAMS),
        *(Rule(mount + path, "browsers", POST, needs=needs) for path in gradio_paths.CALLS),
    )


CHAT_RULES: tuple[Rule, ...] = (Rule("/", "anyone", GET, page=True), *_rules_of(CHAT, "read"))
INSTRUCTOR_RULES: tuple[Rule, ...] = _rules_of(INSTRUCTOR, "instruct")


def add_pages(
    api: FastAPI, client: ApiClient, *, max_question_chars: int, framers: Framers, siblings: Siblings | None = None
) -> None:
    """Mount both, each behind a binding of its own: one person's session hash is never another's."""

    @api.get("/", include_in_schema=False)
    @api.get(CHAT, include_in_schema=False)
    async def go_home(request: Request) -> RedirectResponse:
        """People who type the address want the chat."""
        return RedirectResponse(request.scope.get("root_path", "") + HOME, status_code=307)

    @api.get(INSTRUCTOR, include_in_schema=False)
    async def go_to_instructor_pages(request: Request) -> RedirectResponse:
        """The pages' links are relative to a folder."""
        return RedirectResponse(request.scope.get("root_path", "") + f"{INSTRUCTOR}/", status_code=307)

    mount_chat(api, build_chat(client, max_question_chars=max_question_chars), path=CHAT)
    mount_chat(api, build_instructor(client), path=INSTRUCTOR)
    for route in api.routes:
        if isinstance(route, Mount) and route.path in (CHAT, INSTRUCTOR):
            guarded = SessionBinding(route.app, owner_of=_owner, refuse=_not_yours, siblings=siblings)
            route.app = ChatDocument(guarded, guard=storage_guard(), framed_by=partial(_framers_of, framers))


def _framers_of(framers: Framers, scope: Scope) -> frozenset[str]:
    """Who may show this page in a frame: pages of the known origins, and those that opened this very session."""
    return framers.origins().union(caller_of(scope).framed_by.split())


def _owner(scope: Scope) -> str:
    return caller_of(scope).actor  # the same in all windows of a person, whatever course each of them launched


def _not_yours(scope: Scope) -> ASGIApp:
    return problem_response(NOT_FOUND, "there is no such chat session", scope)
