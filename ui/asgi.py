"""One process, one port: the API, the chat over it, and the gate in front of both."""

from asyncio import to_thread
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI, Request
from starlette.responses import RedirectResponse
from starlette.routing import Mount
from starlette.types import ASGIApp, Scope

from tutor.api.allowances import Allowances, Quotas
from tutor.api.app import create_api
from tutor.api.backend import Backend
from tutor.api.callers import caller_of
from tutor.api.drain import Drain
from tutor.api.embedding import EmbedTokens, embedding_router
from tutor.api.gate import Gate
from tutor.api.identity import Access
from tutor.api.limits import Limits
from tutor.api.login import login_router
from tutor.api.lti.office import Framers, Office
from tutor.api.lti.routes import lti_router
from tutor.api.oauth import oauth_router
from tutor.api.policy import API_RULES, GET, POST, Policy, Rule, names_in
from tutor.api.problems import NOT_FOUND, problem_response
from tutor.api.readiness import Readiness
from tutor.api.service import Service
from tutor.api.work import Workers
from tutor.bootstrap import open_asking, open_blobs, open_parts
from tutor.ingest.intake import Intake
from tutor.library import Library
from tutor.records.asking import Asking
from tutor.settings import Settings
from tutor.upkeep import Upkeep
from ui import gradio_paths
from ui.api_client import ApiClient
from ui.chat import build_chat, mount_chat, storage_guard
from ui.chat_document import ChatDocument
from ui.session_binding import SessionBinding

CHAT = "/chat"
HOME = f"{CHAT}/"

CHAT_RULES: tuple[Rule, ...] = (
    Rule("/", "anyone", GET, page=True),
    Rule(CHAT, "anyone", GET, page=True),
    Rule(CHAT + gradio_paths.PAGE, "browsers", GET, page=True),
    *(Rule(CHAT + path, "browsers", GET, cacheable=True) for path in gradio_paths.FILES),
    *(Rule(CHAT + path, "browsers", GET) for path in gradio_paths.THEME),
    *(Rule(CHAT + path, "browsers", GET, streams="always") for path in gradio_paths.STREAMS),
    *(Rule(CHAT + path, "browsers", POST) for path in gradio_paths.CALLS),
)


def create_app(
    settings: Settings,
    access: Access,
    *,
    base_url: str,
    library: Library | None = None,
    intake: Intake | None = None,
) -> Service:
    """Join everything that one process serves.

    Args:
        settings: The deployment's.
        access: What can let somebody in.
        base_url: Where the chat reaches the API, over loopback.
        library: The courses; opened as the settings say when left out. Loaded in the background either way.
        intake: What brings course files in; likewise.
    """
    drain = Drain()
    if library is None or intake is None:
        parts = open_parts(settings, database=access.database)
        library, intake = library or parts.library, intake or parts.intake
    workers = Workers(settings.max_concurrent_asks)
    asking = open_asking(settings, access.database)
    suggest = partial(_prepare_suggestions, asking, library)
    readiness = Readiness(library, drain, once_loaded=suggest)
    framers = Framers(names_in(settings.allowed_origins))
    office = Office(access.database, framers)
    allowances = Allowances(access.database, _quotas(settings))
    backend = Backend(
        library,
        workers,
        readiness,
        access.database,
        open_blobs(settings),
        office,
        intake,
        allowances,
        asking,
        settings.min_people,
    )
    api = create_api(backend, max_question_chars=settings.max_question_chars)
    api.include_router(login_router(access, home=HOME))
    api.include_router(oauth_router(access.database, access.access_tokens))
    api.include_router(embedding_router(access, EmbedTokens(access.database, access.installation_key), home=HOME))
    policy = Policy((*API_RULES, *CHAT_RULES), names_in(settings.allowed_hosts), names_in(settings.allowed_origins))
    client = ApiClient(base_url)
    api.include_router(lti_router(office, access, library, home=HOME))
    _add_chat(api, client, settings, framers)
    upkeep = Upkeep(backend.database, settings.data_dir, retention_days=settings.retention_days)
    _run_for_life(api, client, backend, upkeep)
    limits = Limits(max_body_bytes=settings.max_body_bytes, max_upload_bytes=settings.max_upload_bytes)
    return Service(Gate(api, policy=policy, access=access, drain=drain, limits=limits), drain.begin)


def _quotas(settings: Settings) -> Quotas:
    return Quotas(
        person_per_minute=settings.asks_per_minute,
        person_per_day=settings.asks_per_day,
        key_per_minute=settings.key_asks_per_minute,
        key_per_day=settings.key_asks_per_day,
        address_per_minute=settings.address_asks_per_minute,
        course_per_day=settings.course_asks_per_day,
    )


def _add_chat(api: FastAPI, client: ApiClient, settings: Settings, framers: Framers) -> None:
    @api.get("/", include_in_schema=False)
    @api.get(CHAT, include_in_schema=False)
    async def go_home(request: Request) -> RedirectResponse:
        """People who type the address want the chat."""
        return RedirectResponse(request.scope.get("root_path", "") + HOME, status_code=307)

    mount_chat(api, build_chat(client, max_question_chars=settings.max_question_chars), path=CHAT)
    for route in api.routes:
        if isinstance(route, Mount) and route.path == CHAT:
            guarded = SessionBinding(route.app, owner_of=_owner, refuse=_not_yours)
            route.app = ChatDocument(guarded, guard=storage_guard(), framed_by=partial(_framers_of, framers))


def _prepare_suggestions(asking: Asking, library: Library, course_id: str) -> None:
    asking.suggester.prepare(library.tutor(course_id))


def _run_for_life(api: FastAPI, client: ApiClient, backend: Backend, upkeep: Upkeep) -> None:
    """Load when the server starts, let go when it ends."""
    inner = api.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        backend.intake.indexer.start()
        backend.readiness.load()
        upkeep.start()
        async with inner(app):
            yield
        await to_thread(backend.intake.indexer.stop)
        await to_thread(upkeep.close)
        backend.workers.close()
        await to_thread(backend.asking.close)
        await client.close()

    api.router.lifespan_context = lifespan


def _owner(scope: Scope) -> str:
    caller = caller_of(scope)
    return f"{caller.kind}:{caller.caller_id}"


def _framers_of(framers: Framers, scope: Scope) -> frozenset[str]:
    """Who may show this page in a frame: pages of the known origins, and the one that embeds this very session."""
    own = caller_of(scope).framed_by
    return framers.origins() | {own} if own else framers.origins()


def _not_yours(scope: Scope) -> ASGIApp:
    return problem_response(NOT_FOUND, "there is no such chat session", scope)
