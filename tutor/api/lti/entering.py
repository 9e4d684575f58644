"""What a good launch opens: which course, in which role, at which chapter, and the way back with chosen links."""

import logging
import shlex
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from urllib.parse import urlencode

import jwt

from tutor.api.callers import PlatformLink
from tutor.api.lti.office import Office, now
from tutor.api.lti.pages import Choice
from tutor.course_info import CourseInfo
from tutor.library import Library
from tutor.lti.deep_linking import Chosen
from tutor.lti.errors import LaunchRefused
from tutor.lti.types import DeepLinking, Launch, Platform
from tutor.permissions import Role
from tutor.practice import MAX_QUESTIONS
from tutor.state import lti

_CHOOSING_LIFE = timedelta(hours=1)
_ALGORITHM, _PURPOSE = "HS256", "lti-deep-link"
_DIGITS = 10  # nobody writes more of them
WHOLE_COURSE = ""

logger = logging.getLogger(__name__)


class NothingToOpen(Exception):
    """No course is assigned to this link yet."""


def course_to_open(launch: Launch, office: Office, course_ids: Iterable[str]) -> str:
    """The course of a launch: what its link names, else what an administrator assigned, else the only one there is.

    Raises:
        NothingToOpen: Nobody has said which.
    """
    mine = {course_id for course_id in course_ids if launch.platform.may_open(course_id)}
    with office.database.reading() as connection:
        assigned = lti.course_of_context(connection, launch.platform.platform_id, launch.context_id)
    for wanted in (launch.custom.get("course", ""), assigned):
        if wanted in mine:
            return wanted
    if len(mine) == 1:
        return mine.pop()
    raise NothingToOpen


def role_in(launch: Launch, course_id: str, office: Office) -> Role:
    """The role in a course that a launch opens.

    Anybody who teaches anything at the platform can make a link there to any course that the platform may open. They
    are instructors only of the course that an administrator of the tutor assigned to theirs.
    """
    if launch.role == "student":
        return "student"
    with office.database.reading() as connection:
        assigned = lti.course_of_context(connection, launch.platform.platform_id, launch.context_id)
    if assigned == course_id and launch.context_id:
        return launch.role
    logger.info(
        "a teacher opened %s as a student: course-tutor lti assign %s %s %s makes the teachers there instructors",
        course_id, launch.platform.platform_id, shlex.quote(launch.context_id), course_id,
    )  # fmt: skip
    return "student"


def link_to(launch: Launch, course_id: str) -> PlatformLink:
    """What the session of a launch needs to know of its link."""
    return PlatformLink(
        platform_id=launch.platform.platform_id,
        subject=launch.subject,
        course_id=course_id,
        line_item_url=launch.services.line_item_url,
        memberships_url=launch.services.memberships_url,
        n_questions=_number(launch.custom.get("practice", "")),
        document_id=launch.custom.get("document", ""),
    )


def place_to_open(launch: Launch, course_id: str, home: str) -> str:
    """The address of the chat, scoped as the link says; a link's chapter is one of the course that it names."""
    named = launch.custom if launch.custom.get("course") == course_id else {}
    scope = {name: named.get(name, "") for name in ("document", "practice")}
    return f"{home}?{urlencode({'course': course_id, **{name: value for name, value in scope.items() if value}})}"


def choices(platform: Platform, library: Library, courses: tuple[CourseInfo, ...]) -> tuple[Choice, ...]:
    """The courses and chapters that a link of this platform can open."""
    found: list[Choice] = []
    for info in courses:
        if info.ready and platform.may_open(info.course_id):
            found.append(Choice(_value(info.course_id, WHOLE_COURSE), info.title))
            documents = library.tutor(info.course_id).index.documents.values()
            found += [Choice(_value(info.course_id, d.document_id), d.title, indented=True) for d in documents]
    return tuple(found)


def chosen_of(value: str, practice: str, platform: Platform, library: Library) -> Chosen:
    """What was chosen on the page.

    Raises:
        LaunchRefused: It was not on it.
    """
    course_id, _, document_id = value.partition("/")
    if not platform.may_open(course_id):
        raise LaunchRefused("a course was chosen that this platform may not open")
    index = library.tutor(course_id).index
    if document_id and document_id not in index.documents:
        raise LaunchRefused("a chapter was chosen that the course does not have")
    title = index.documents[document_id].title if document_id else index.title
    return Chosen(course_id, title, document_id=document_id, maximum_score=float(_number(practice)))


def seal_choosing(launch: Launch, secret: bytes) -> str:
    """A deep linking launch on its way through the page, so that nothing has to be stored."""
    settings = launch.deep_linking
    claims = {
        "aud": _PURPOSE,
        "exp": now() + _CHOOSING_LIFE,
        "platform_id": launch.platform.platform_id,
        "deployment_id": launch.deployment_id,
        "settings": asdict(settings) if settings else None,
    }
    return jwt.encode(claims, secret, algorithm=_ALGORITHM)


def unseal_choosing(token: str, office: Office) -> Launch:
    """Read it again.

    Raises:
        LaunchRefused: We did not make it, or its time is over.
    """
    try:
        claims = jwt.decode(token, office.state_secret, algorithms=[_ALGORITHM], audience=_PURPOSE)
    except jwt.PyJWTError as error:
        raise LaunchRefused(f"the choice does not hold: {type(error).__name__}") from error
    with office.database.reading() as connection:
        platform = lti.platform_by_id(connection, claims["platform_id"])
    return Launch(
        platform=platform,
        deployment_id=claims["deployment_id"],
        message_type="LtiDeepLinkingRequest",
        subject="",
        role="instructor",
        context_id="",
        context_title="",
        resource_link_id="",
        target_link_uri="",
        return_url="",
        deep_linking=DeepLinking(**claims["settings"]),
    )


def _number(practice: str) -> int:
    """The questions of a practice set, as a form or a link names them; 0 for none."""
    return min(MAX_QUESTIONS, int(practice)) if practice.isdecimal() and len(practice) < _DIGITS else 0


def _value(course_id: str, document_id: str) -> str:
    return f"{course_id}/{document_id}"
