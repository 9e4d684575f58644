"""The addresses below ``/lti/``: login, launch, keys, registration, deep linking.

Routes are plain functions, so the framework runs them in threads: they read the database and speak to platforms.
"""

import logging
import shlex
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse

from tutor.api.identity import Access
from tutor.api.lti import entering, signing_in
from tutor.api.lti.office import Office, framing_origins, now
from tutor.api.lti.pages import (
    Frame,
    choosing_page,
    closing_page,
    message_page,
    new_window_page,
    posting_page,
    storage_get_page,
    storage_put_page,
)
from tutor.errors import TutorError
from tutor.library import Library
from tutor.lti.deep_linking import response_token
from tutor.lti.errors import LaunchRefused, RegistrationRefused
from tutor.lti.launch import read_launch
from tutor.lti.registration import register
from tutor.lti.state_token import unseal
from tutor.lti.types import Launch, LaunchState, Platform
from tutor.lti.web_origin import origin_of
from tutor.outbound import CallFailed
from tutor.state import audit, lti

logger = logging.getLogger(__name__)

MAX_FIELDS = 50  # a launch has four

# One sentence, whatever was wrong: a forger learns nothing, and a learner can do nothing else anyway.
_REFUSED = (
    "The course tutor could not be opened",
    (
        "The link from your learning platform could not be checked, or it was used before. Go back to your course and "
        "open the tutor again from there.",
        "If that does not help, tell your teacher that the link of the course tutor needs attention.",
    ),
)


async def _fields(request: Request) -> dict[str, str]:
    """The form's fields, else the query's; of one that comes twice, the last."""
    content = (await request.body()).decode("utf-8", "replace") if request.method == "POST" else request.url.query
    try:
        return dict(parse_qsl(content, keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError:
        return {}


Fields = Annotated[dict[str, str], Depends(_fields)]


def lti_router(office: Office, access: Access, library: Library, *, home: str) -> APIRouter:
    """The routes.

    Args:
        office: Platforms and the way to them.
        access: Where a launch becomes a session.
        library: The courses.
        home: Where the chat is.
    """
    router = APIRouter(prefix="/lti", include_in_schema=False)
    desk = _LtiDesk(office, access, library, home)
    router.add_api_route("/login", desk.login, methods=["GET", "POST"], response_model=None)
    router.add_api_route("/launch", desk.launch, methods=["POST"], response_model=None)
    router.add_api_route("/deep-link", desk.deep_link, methods=["POST"], response_model=None)
    router.add_api_route("/register", desk.register, methods=["GET"], response_model=None)
    router.add_api_route("/jwks.json", desk.keys, methods=["GET"], response_model=None)
    return router


class _LtiDesk:
    """Serves the routes."""

    def __init__(self, office: Office, access: Access, library: Library, home: str) -> None:
        self._office = office
        self._access = access
        self._library = library
        self._home = home

    def login(self, request: Request, fields: Fields) -> Response:
        """A platform begins: send the browser there, with a state and a nonce."""
        self._office.refresh()
        try:
            with self._office.database.reading() as connection:
                platform = lti.platform_of_login(connection, fields.get("iss", ""), fields.get("client_id", ""))
        except LaunchRefused as refused:
            return self._refuse(refused)
        sign_in = signing_in.begin(
            platform, fields, redirect_uri=f"{_origin(request)}/lti/launch", secret=self._office.state_secret
        )
        reply: Response
        if target := fields.get("lti_storage_target", ""):
            reply = storage_put_page(
                key=sign_in.storage_key,
                value=sign_in.binding,
                target=target,
                platform_origin=origin_of(platform.auth_url),
                next_url=sign_in.url,
                frame=self._frame(),
            )
        else:
            reply = RedirectResponse(sign_in.url, status_code=302)
        reply.headers.append("set-cookie", sign_in.cookie)
        return reply

    def launch(self, request: Request, fields: Fields) -> Response:
        """A browser comes back with a token: check it, and open what it asks for."""
        try:
            if error := fields.get("error"):
                raise LaunchRefused(f"the platform itself refused: {error[:100]!r}")
            state = unseal(fields.get("state", ""), self._office.state_secret)
            with self._office.database.reading() as connection:
                platform = lti.platform_by_id(connection, state.platform_id)
            launch = read_launch(
                fields.get("id_token", ""), platform, state, self._office.keys.find, origin=_origin(request)
            )
            if not signing_in.is_same_browser(state, request.headers, _binding(request, fields)):
                return self._another_way(state, platform, fields)
            if not self._let_through(launch, state):
                return self._not_approved(launch)
            reply = self._choose(launch) if launch.deep_linking else self._open(launch, request)
        except (LaunchRefused, TutorError) as refused:
            return self._refuse(refused)
        reply.headers.append("set-cookie", signing_in.forget_cookie(state))
        return reply

    def deep_link(self, request: Request, fields: Fields) -> Response:
        """An instructor has chosen: send the signed links to the platform."""
        try:
            launch = entering.unseal_choosing(fields.get("token", ""), self._office)
            practice = fields.get("practice", "")
            chosen = entering.chosen_of(fields.get("choice", ""), practice, launch.platform, self._library)
        except (LaunchRefused, TutorError) as refused:
            return self._refuse(refused)
        token = response_token(
            launch, [chosen], self._office.signing_key(), launch_url=f"{_origin(request)}/lti/launch"
        )
        url = launch.deep_linking.return_url if launch.deep_linking else ""
        return posting_page(url, {"JWT": token}, Frame(self._office.framers.origins(), {origin_of(url), "https:"}))

    def register(self, request: Request, fields: Fields) -> Response:
        """A platform's administrator opened our invitation: let the two sides tell each other about themselves."""
        frame = self._frame()
        try:
            if not fields.get("openid_configuration"):  # a mail scanner perhaps: the invitation stays good
                raise RegistrationRefused("this link is for a learning platform's own form for new tools, not to open")
            with self._office.database.writing() as connection:
                hosts, courses = lti.use_invite(connection, fields.get("code", ""), now())
            frame = Frame({*frame.framed_by, *(f"https://{host}" for host in hosts)})
            done = register(
                self._office.outbound,
                configuration_url=fields.get("openid_configuration", ""),
                token=fields.get("registration_token", ""),
                hosts=hosts,
                origin=_origin(request),
                courses=courses,
            )
        except (RegistrationRefused, CallFailed) as refused:
            logger.warning("registration refused: %s", refused)
            return message_page("The registration did not work", [str(refused)], frame, status=400)
        with self._office.database.writing() as connection:
            lti.add_platform(connection, done.platform, now())
            if done.deployment_id:
                lti.add_deployment(connection, done.platform.platform_id, done.deployment_id, approved=True, now=now())
            audit.record(connection, audit.INSTALLATION, "invite", "lti.register", done.platform.platform_id)
        self._office.refresh()
        said = [f"{done.platform.name} can now open the tutor. This window can be closed."]
        return closing_page("The course tutor is registered", said, self._frame())

    def keys(self) -> JSONResponse:
        """Our public keys."""
        self._office.signing_key()  # there is one from the first look on
        with self._office.database.reading() as connection:
            published = lti.published_keys(connection, now())
        return JSONResponse({"keys": [key.public_jwk() for key in published]})

    def _let_through(self, launch: Launch, state: LaunchState) -> bool:
        """Use the launch up; False while its deployment waits for an administrator."""
        platform_id = launch.platform.platform_id
        with self._office.database.writing() as connection:
            lti.use_nonce(connection, state.nonce, now())
            lti.add_deployment(connection, platform_id, launch.deployment_id, approved=False, now=now())
            return lti.is_approved(connection, platform_id, launch.deployment_id)

    def _open(self, launch: Launch, request: Request) -> Response:
        try:
            course_id = entering.course_to_open(launch, self._office, self._library.course_ids())
        except entering.NothingToOpen:
            said = [
                "Nobody has said yet which course this link opens. A teacher can add the link again and choose a course"
            ]
            if launch.context_id:
                said[0] += ", or whoever runs the tutor can assign one:"
                context = shlex.quote(launch.context_id)  # somebody will paste it into a shell
                said.append(f"course-tutor lti assign {launch.platform.platform_id} {context} COURSE")
            else:
                said[0] += "."
            return message_page("Which course?", said, self._frame(), status=200)
        self._office.framers.launched_from(launch)
        role, link = entering.role_in(launch, course_id, self._office), entering.link_to(launch, course_id)
        person_id = self._office.person_of(launch.platform, launch.subject)
        framed_by = " ".join(sorted(framing_origins(launch)))
        secret = self._access.launch(request.headers, role, person_id=person_id, link=link, framed_by=framed_by)
        place = request.scope.get("root_path", "") + entering.place_to_open(launch, course_id, self._home)
        reply = RedirectResponse(place, status_code=303)
        reply.headers.append("set-cookie", self._access.embedded_cookie(secret))
        return reply

    def _choose(self, launch: Launch) -> HTMLResponse:
        if launch.role != "instructor" or launch.deep_linking is None:
            raise LaunchRefused("links are chosen by instructors")
        offered = entering.choices(launch.platform, self._library, self._library.courses())
        token = entering.seal_choosing(launch, self._office.state_secret)
        return choosing_page(token, offered, self._frame(), graded=launch.deep_linking.accepts_line_items)

    def _another_way(self, state: LaunchState, platform: Platform, fields: dict[str, str]) -> HTMLResponse:
        """The browser kept no cookie: ask the platform's frame, or offer a window of its own."""
        again = signing_in.login_again(state, platform)
        if state.storage_target and not fields.get("binding"):
            return storage_get_page(
                key=signing_in.storage_key(state.nonce),
                target=state.storage_target,
                platform_origin=origin_of(platform.auth_url),
                fields={"state": fields["state"], "id_token": fields["id_token"]},
                login_fields=again,
                frame=self._frame(),
            )
        if state.login_hint:
            return new_window_page(again, self._frame())
        raise LaunchRefused("another browser came back than was sent")

    def _not_approved(self, launch: Launch) -> HTMLResponse:
        said = [
            "The course tutor knows your learning platform, but not yet this deployment of it. Whoever runs the tutor "
            "can let it in:",
            f"course-tutor lti approve {launch.platform.platform_id} {shlex.quote(launch.deployment_id)}",
        ]
        return message_page("One step is missing", said, self._frame(), status=403)

    def _refuse(self, refused: Exception) -> HTMLResponse:
        logger.warning("launch refused: %s", refused)
        title, paragraphs = _REFUSED
        return message_page(title, paragraphs, self._frame(), status=400)

    def _frame(self) -> Frame:
        return Frame(self._office.framers.origins())


def _binding(request: Request, fields: dict[str, str]) -> str:
    """What the platform's frame kept, as our own page posts it.

    Another site's page could post what its own browser was given, and so put a learner into somebody else's session.
    """
    return fields.get("binding", "") if request.headers.get("origin") == _origin(request) else ""


def _origin(request: Request) -> str:
    """Our own, as the browser knows it: the gate has checked the host's name."""
    return origin_of(f"{request.url.scheme}://{request.headers['host']}")
