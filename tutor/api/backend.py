"""What the routes stand on, and how each of them gets at it with the caller's permissions applied."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from tutor.api.allowances import Allowances
from tutor.api.callers import caller_of
from tutor.api.lti.office import Office
from tutor.api.readiness import Readiness
from tutor.api.work import Workers
from tutor.course_info import CourseInfo
from tutor.errors import NotAllowed, UnknownCourse
from tutor.ingest.intake import Intake
from tutor.library import Library
from tutor.observing.scraping import Scrape
from tutor.permissions import Permission
from tutor.records.asking import Asker, Asking
from tutor.records.gaps import MIN_PEOPLE
from tutor.records.receipts import Channel
from tutor.state.blobs import BlobStore
from tutor.state.database import Database
from tutor.tutor import Tutor
from tutor.types import Answer, Turn
from tutor.webhooks.courier import Courier


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """The parts that the routes share."""

    library: Library
    workers: Workers
    readiness: Readiness
    database: Database
    blobs: BlobStore
    office: Office
    intake: Intake
    allowances: Allowances
    courier: Courier
    asking: Asking
    scrape: Scrape
    min_people: int = MIN_PEOPLE  # who must have asked about a topic before instructors see it


class Desk:
    """The library as one caller may see it. A course that is not theirs looks exactly like one that does not exist."""

    def __init__(self, request: Request) -> None:
        backend = request.app.state.backend
        if not isinstance(backend, Backend):
            raise TypeError("the application has no backend; make it with create_api")
        self.backend = backend
        self.request = request
        self.caller = caller_of(request.scope)

    def require(self, permission: Permission, course_id: str) -> None:
        """Go on only if the caller may do this to the course; whether it exists is another question.

        Raises:
            UnknownCourse: The caller may not even know the course.
            NotAllowed: The caller may know it, but not do this.
        """
        if not self.caller.may("read", course_id):
            raise UnknownCourse(course_id)
        if not self.caller.may(permission, course_id):
            raise NotAllowed(permission)

    def require_everywhere(self, permission: Permission) -> None:
        """Go on only if the caller may do this to the whole installation.

        Raises:
            NotAllowed: The caller may not, or only in some courses.
        """
        if not self.caller.may_everywhere(permission):
            raise NotAllowed(permission)

    async def spend(self, course_id: str) -> None:
        """Count one question or search of a course that the caller may know; before it is worked on.

        Raises:
            AllowanceSpent: The caller, or everybody together, has asked enough for now.
        """
        await self.backend.allowances.spend(self.request.scope, course_id)

    def courses(self) -> tuple[CourseInfo, ...]:
        """The courses that the caller may ask."""
        return tuple(info for info in self.backend.library.courses() if self.caller.may("read", info.course_id))

    def course(self, course_id: str) -> CourseInfo:
        """One course, ready or not.

        Raises:
            UnknownCourse: There is none, for this caller.
        """
        found = self.backend.library.course(course_id) if self.caller.may("read", course_id) else None
        if found is None:
            raise UnknownCourse(course_id)
        return found

    def tutor(self, course_id: str) -> Tutor:
        """The tutor of a course; reads the disk, so never on the event loop.

        Raises:
            UnknownCourse: There is none, for this caller.
            CourseNotReady: It cannot answer yet.
        """
        self.require("read", course_id)
        return self.backend.library.tutor(course_id)

    def ask(
        self, course_id: str, question: str, history: Sequence[Turn], channel: Channel, *, document_id: str = ""
    ) -> Answer:
        """Answer the caller's question, as verified where it is, and keep a record of it if the course wants one.

        Raises:
            UnknownCourse, NotAllowed: The caller may not ask it.
            CourseNotReady: It cannot answer yet.
            QuestionTooLong: The question has more characters than the limit.
        """
        self.require("ask", course_id)
        asker = Asker(self.caller.record_id, channel)
        tutor = self.backend.library.tutor(course_id)
        return self.backend.asking.ask(tutor, question, history, asker, document_id=document_id)


async def _desk(request: Request) -> Desk:
    """A coroutine, or the framework would make a desk in a thread, which may be waited for."""
    return Desk(request)


AtDesk = Annotated[Desk, Depends(_desk)]
