"""One process, one port: the API, the chat and the instructor's pages over it, and the gate in front of all."""

from asyncio import gather, to_thread
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from tutor.api.allowances import Allowances, Quotas
from tutor.api.app import create_api
from tutor.api.backend import Backend
from tutor.api.drain import Drain
from tutor.api.embedding import EmbedTokens, embedding_router
from tutor.api.gate import Gate
from tutor.api.identity import Access
from tutor.api.limits import Limits
from tutor.api.login import login_router
from tutor.api.lti.office import Framers, Office
from tutor.api.lti.routes import lti_router
from tutor.api.monitors import Monitors
from tutor.api.oauth import oauth_router
from tutor.api.policy import API_RULES, Policy, names_in
from tutor.api.readiness import Readiness
from tutor.api.service import Service
from tutor.api.siblings import Siblings
from tutor.api.stream_shares import StreamShares
from tutor.api.work import Workers
from tutor.bootstrap import open_asking, open_blobs, open_parts
from tutor.ingest.intake import Intake
from tutor.library import Library
from tutor.observing.sampling import Sampler
from tutor.observing.scraping import Scrape
from tutor.observing.traces import end_traces, start_traces_if_wanted
from tutor.outbound import Outbound
from tutor.records.asking import Asking
from tutor.settings import Settings
from tutor.upkeep import Upkeep
from tutor.webhooks.courier import Courier
from tutor.webhooks.public_only import PublicOnly
from ui.api_client import ApiClient
from ui.mounts import CHAT_RULES, HOME, INSTRUCTOR_RULES, add_pages


def create_app(
    settings: Settings,
    access: Access,
    *,
    base_url: str,
    library: Library | None = None,
    intake: Intake | None = None,
    siblings: Siblings | None = None,
) -> Service:
    """Join everything that one process serves.

    Args:
        settings: The deployment's.
        access: What can let somebody in.
        base_url: Where the chat reaches the API, over loopback.
        library: The courses; opened as the settings say when left out. Loaded in the background either way.
        intake: What brings course files in; likewise.
        siblings: The processes that serve together with this one, where it is not alone.
    """
    drain = Drain()
    if library is None or intake is None:
        parts = open_parts(settings, database=access.database)
        library, intake = library or parts.library, intake or parts.intake
    framers = Framers(names_in(settings.allowed_origins))
    backend = _open_backend(settings, access, drain, library=library, intake=intake, framers=framers)
    client = ApiClient(base_url)
    api = create_api(backend, max_question_chars=settings.max_question_chars)
    _add_ways_in(api, access, backend)
    add_pages(api, client, max_question_chars=settings.max_question_chars, framers=framers, siblings=siblings)
    upkeep = Upkeep(access.database, settings.data_dir, retention_days=settings.retention_days)
    alone = siblings is None and access.database.is_sqlite
    shares = StreamShares(None if alone else access.database)
    _run_for_life(api, client, backend, shares, upkeep if siblings is None or siblings.is_first else None)
    limits = Limits(max_body_bytes=settings.max_body_bytes, max_upload_bytes=settings.max_upload_bytes)
    gate = Gate(
        api,
        policy=_policy(settings),
        access=access,
        drain=drain,
        limits=limits,
        shares=shares,
        room=backend.workers,
        monitors=Monitors(settings.metrics_token, settings.metrics_on_loopback),
    )
    return Service(gate, drain.begin, drain.end_streams, backend.readiness.loading)


def _open_backend(
    settings: Settings, access: Access, drain: Drain, *, library: Library, intake: Intake, framers: Framers
) -> Backend:
    """What the routes share, all over the one database that ``access`` has open."""
    database = access.database
    asking = open_asking(settings, database, is_open=library.is_open)
    library.when_closed(asking.suggester.forget)
    readiness = Readiness(library, drain, once_loaded=partial(_prepare_suggestions, asking, library))
    sampler = Sampler(database, n_waiting=lambda: asking.recorder.n_waiting, is_ready=lambda: not readiness.reasons())
    return Backend(
        library=library,
        workers=Workers(settings.max_concurrent_asks, knows=library.serves),
        readiness=readiness,
        database=database,
        blobs=open_blobs(settings),
        office=Office(database, framers),
        intake=intake,
        allowances=Allowances(database, _quotas(settings)),
        courier=Courier(database, Outbound(PublicOnly(names_in(settings.webhook_hosts)))),
        asking=asking,
        scrape=Scrape(database, settings.data_dir, sampler),
        min_people=settings.min_people,
    )


def _add_ways_in(api: FastAPI, access: Access, backend: Backend) -> None:
    """How somebody gets in who has no key at hand: links, OAuth, embed tokens, learning platforms."""
    api.include_router(login_router(access, home=HOME))
    api.include_router(oauth_router(access.database, access.access_tokens))
    api.include_router(embedding_router(access, EmbedTokens(access.database, access.installation_key), home=HOME))
    api.include_router(lti_router(backend.office, access, backend.library, home=HOME))


def _policy(settings: Settings) -> Policy:
    rules = (*API_RULES, *CHAT_RULES, *INSTRUCTOR_RULES)
    return Policy(rules, names_in(settings.allowed_hosts), names_in(settings.allowed_origins))


def _quotas(settings: Settings) -> Quotas:
    return Quotas(
        person_per_minute=settings.asks_per_minute,
        person_per_day=settings.asks_per_day,
        key_per_minute=settings.key_asks_per_minute,
        key_per_day=settings.key_asks_per_day,
        address_per_minute=settings.address_asks_per_minute,
        course_per_day=settings.course_asks_per_day,
    )


def _prepare_suggestions(asking: Asking, library: Library, course_id: str) -> None:
    asking.suggester.prepare(library.tutor(course_id))


def _run_for_life(
    api: FastAPI, client: ApiClient, backend: Backend, shares: StreamShares, upkeep: Upkeep | None
) -> None:
    """Load when the server starts, let go when it ends; upkeep is one process's business."""
    inner = api.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        start_traces_if_wanted()
        backend.intake.indexer.start()
        backend.readiness.load()
        if upkeep is not None:
            upkeep.start()
        backend.courier.start()
        backend.scrape.sampler.start()
        async with inner(app):
            yield
        await to_thread(backend.intake.indexer.stop)  # first: loading may wait for it
        backend.workers.close()
        closing = [backend.readiness.close, backend.courier.close, backend.asking.close, shares.close]
        if upkeep is not None:
            closing.append(upkeep.close)
        await gather(*map(to_thread, closing))  # each may take its time, but all together no longer than the slowest
        await to_thread(backend.scrape.sampler.close)
        await client.close()
        await to_thread(end_traces)

    api.router.lifespan_context = lifespan
