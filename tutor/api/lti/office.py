"""What the LTI routes stand on: platforms in SQL, their keys, our way out to them, and who may show us in a frame."""

import hashlib
import hmac
import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from tutor.api.callers import PlatformLink
from tutor.errors import TutorError
from tutor.lti.platform_keys import PlatformKeys
from tutor.lti.services import PlatformServices, Score
from tutor.lti.signing_keys import SigningKey
from tutor.lti.types import Launch, Platform
from tutor.lti.web_origin import origin_of
from tutor.outbound import Outbound
from tutor.permissions import Role
from tutor.state import lti
from tutor.state.database import Database
from tutor.state.installation import pseudonym, pseudonym_key

logger = logging.getLogger(__name__)

MAX_LAUNCHED_FROM = 50  # addresses of platforms besides the registered: all of them go into one header
_STATE_PURPOSE = b"lti-state"


class Framers:
    """The origins whose pages may show the tutor in a frame: those of the settings and of registered platforms.

    Args:
        fixed: The settings' own.
    """

    def __init__(self, fixed: frozenset[str] = frozenset()) -> None:
        self._fixed = fixed
        self._platforms: frozenset[str] = frozenset()
        self._launched: tuple[str, ...] = ()

    def origins(self) -> frozenset[str]:
        """All of them, as a content security policy names them."""
        return self._fixed.union(self._platforms, self._launched)

    def know(self, platforms: tuple[Platform, ...]) -> None:
        """Take the registered platforms, in place of those known before."""
        self._platforms = frozenset().union(*map(_origins_of, platforms))

    def launched_from(self, launch: Launch) -> None:
        """A platform may show its courses under more addresses than it is registered with; a launch tells which."""
        if origin := origin_of(launch.return_url):
            others = [each for each in self._launched if each != origin]
            self._launched = (origin, *others[: MAX_LAUNCHED_FROM - 1])


def framing_origins(launch: Launch) -> frozenset[str]:
    """Whose pages may show what this launch opens; part of its session, as another process may not know them yet."""
    return _origins_of(launch.platform) | ({origin} if (origin := origin_of(launch.return_url)) else frozenset())


def _origins_of(platform: Platform) -> frozenset[str]:
    return frozenset(filter(None, map(origin_of, (platform.issuer, platform.auth_url))))


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a roster: no name, no address."""

    person_id: str
    role: Role
    active: bool


class NoRoster(TutorError):
    """The session came through no link that offers one."""

    def __init__(self) -> None:
        super().__init__("only a course that was opened from a learning platform which shares its roster has one")


class Office:
    """One for the service; safe to share between threads.

    Args:
        database: Holds the platforms.
        framers: Told of them.
        outbound: The way to the platforms.
    """

    def __init__(self, database: Database, framers: Framers, outbound: Outbound | None = None) -> None:
        self.database = database
        self.framers = framers
        self.outbound = outbound or Outbound()
        self.keys = PlatformKeys(self.outbound)
        self.services = PlatformServices(self.outbound, self.signing_key)
        with database.reading() as connection:
            self._secret = pseudonym_key(connection)
        self.refresh()

    @property
    def state_secret(self) -> bytes:
        """What states are sealed with: made from the installation's key, so that every worker has the same."""
        return hmac.digest(self._secret, _STATE_PURPOSE, hashlib.sha256)

    def refresh(self) -> None:
        """Learn of platforms that were registered since, by another process perhaps."""
        with self.database.reading() as connection:
            self.framers.know(lti.platforms(connection))

    def signing_key(self) -> SigningKey:
        """The key to sign with."""
        with self.database.reading() as connection:
            if key := lti.current_key(connection):
                return key
        with self.database.writing() as connection:
            return lti.signing_key(connection, now())

    def send_score(self, link: PlatformLink, given: int, maximum: int) -> bool:
        """Write a score into the grade book of the link that a session came through, if it has one.

        Returns:
            Whether the platform took it; a failure is logged, and the learner keeps the marked set all the same.
        """
        if not link.line_item_url or not link.subject:
            return False
        score = Score(link.subject, given=given, maximum=maximum, at=now())
        try:
            with self.database.reading() as connection:
                platform = lti.platform_by_id(connection, link.platform_id)
            self.services.send_score(platform, link.line_item_url, score)
        except TutorError as error:
            logger.warning("score not sent: %s", error)
            return False
        return True

    def roster(self, link: PlatformLink) -> tuple[Person, ...]:
        """The people of the platform's course, by the same pseudonyms as their sessions.

        Raises:
            NoRoster: The link offers none.
            CallFailed: It does not answer.
        """
        if not link.memberships_url:
            raise NoRoster
        with self.database.reading() as connection:
            platform = lti.platform_by_id(connection, link.platform_id)
        members = self.services.members(platform, link.memberships_url)
        return tuple(Person(self.person_of(platform, each.subject), each.role, each.active) for each in members)

    def person_of(self, platform: Platform, subject: str) -> str:
        """The pseudonym of a platform's person; empty for nobody."""
        identity = f"{platform.issuer}|{platform.client_id}|{subject}"
        return pseudonym(self._secret, "lti", identity) if subject else ""


def now() -> datetime:
    """The time on the wall, for records and tokens."""
    return datetime.now(UTC)
