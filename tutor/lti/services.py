"""Calling a platform's services in our own name: access tokens, rosters (NRPS), scores (AGS)."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tutor.lti.claims import MEMBERSHIPS_SCOPE, SCORE_SCOPE, text, texts
from tutor.lti.roles import role_of
from tutor.lti.signing_keys import SigningKey
from tutor.lti.types import Platform
from tutor.outbound import CallFailed, Outbound, allowed_host, is_this_machine
from tutor.permissions import Role

_ASSERTION_LIFE = timedelta(minutes=5)
_RENEW_BEFORE_S = 60.0  # a token that is about to run out would run out on its way
_DEFAULT_TOKEN_LIFE_S = 3600.0
MAX_PAGES = 200  # of a roster: 20,000 people at the 100 a page that platforms send

_SCORE = "application/vnd.ims.lis.v1.score+json"
_MEMBERS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
_CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a roster, as far as the tutor wants to know: no name, no address."""

    subject: str
    role: Role
    active: bool


@dataclass(frozen=True, slots=True)
class Score:
    """The outcome of one person's practice set."""

    subject: str
    given: float
    maximum: float
    at: datetime
    comment: str = ""


class PlatformServices:
    """Calls services; tokens are kept until shortly before they run out. Safe to share between threads.

    Args:
        outbound: The way to the platforms.
        signing_key: Gives the key to sign with.
        clock: Seconds, monotonic.
    """

    def __init__(
        self, outbound: Outbound, signing_key: Callable[[], SigningKey], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._outbound = outbound
        self._signing_key = signing_key
        self._clock = clock
        self._tokens: dict[tuple[str, str], tuple[str, float]] = {}
        self._asking = threading.Lock()

    def members(self, platform: Platform, memberships_url: str) -> Iterator[Member]:
        """The roster of a course at the platform, page by page.

        Raises:
            CallFailed: It does not answer, or not as the specification says.
        """
        token = self._token(platform, (MEMBERSHIPS_SCOPE,), memberships_url)
        url, host = memberships_url, allowed_host(memberships_url)
        for _ in range(MAX_PAGES):
            reply = self._outbound.get(url, accept=_MEMBERS, token=token)
            listed = reply.json.get("members") if isinstance(reply.json, dict) else None
            if not isinstance(listed, list):
                raise CallFailed(host, "sent a roster that is none")
            yield from (
                _member(entry, platform) for entry in listed if isinstance(entry, dict) and entry.get("user_id")
            )
            if not reply.next_url:
                return
            if allowed_host(reply.next_url) != host:  # the token would go to somebody else
                raise CallFailed(host, "continues its roster at another host")
            url = reply.next_url
        raise CallFailed(host, f"sent a roster of more than {MAX_PAGES} pages")

    def send_score(self, platform: Platform, line_item_url: str, score: Score) -> None:
        """Write a score into the platform's grade book.

        Raises:
            CallFailed: It was not taken.
        """
        body = {
            "userId": score.subject,
            "scoreGiven": score.given,
            "scoreMaximum": score.maximum,
            "timestamp": score.at.astimezone(UTC).isoformat(timespec="milliseconds"),
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            **({"comment": score.comment} if score.comment else {}),
        }
        token = self._token(platform, (SCORE_SCOPE,), line_item_url)
        self._outbound.post_json(scores_url(line_item_url), body, media_type=_SCORE, token=token)

    def _token(self, platform: Platform, scopes: Sequence[str], service_url: str) -> str:
        """An access token by client credentials (RFC 6749 4.4) with a signed assertion (RFC 7523 2.2)."""
        scope = " ".join(sorted(scopes))
        _require_neighbour(service_url, platform)
        with self._asking:
            token, good_until = self._tokens.get((platform.platform_id, scope), ("", 0.0))
            if not token or self._clock() >= good_until:
                token, life_s = self._ask_token(platform, scope)
                self._tokens[platform.platform_id, scope] = token, self._clock() + life_s - _RENEW_BEFORE_S
            return token

    def _ask_token(self, platform: Platform, scope: str) -> tuple[str, float]:
        now = datetime.now(UTC)
        assertion = self._signing_key().sign(
            {
                "iss": platform.client_id,
                "sub": platform.client_id,
                "aud": platform.token_audience or platform.token_url,
                "iat": now,
                "exp": now + _ASSERTION_LIFE,
                "jti": secrets.token_urlsafe(16),
            }
        )
        fields = {
            "grant_type": "client_credentials",
            "client_assertion_type": _CLIENT_ASSERTION,
            "client_assertion": assertion,
            "scope": scope,
        }
        reply = self._outbound.post_form(platform.token_url, fields).json
        token = text(reply, "access_token", most=8000) if isinstance(reply, dict) else ""
        if not token:
            raise CallFailed(allowed_host(platform.token_url), "gave no access token")
        life_s = reply.get("expires_in")
        return token, float(life_s) if isinstance(life_s, int | float) else _DEFAULT_TOKEN_LIFE_S


def scores_url(line_item_url: str) -> str:
    """Where a line item takes scores: ``/scores`` goes to the end of the path, before any query."""
    parts = urlsplit(line_item_url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/scores"))


def _require_neighbour(service_url: str, platform: Platform) -> None:
    """A launch names the addresses of services; one on this machine is called only for a platform that is here too."""
    host = allowed_host(platform.token_url)
    if is_this_machine(allowed_host(service_url)) and not is_this_machine(host):
        raise CallFailed(host, "names a service on the tutor's own machine")


def _member(entry: dict[str, Any], platform: Platform) -> Member:
    role = role_of(texts(entry, "roles"), trusts_instructors=platform.trusts_instructors)
    return Member(str(entry["user_id"]), role, active=entry.get("status", "Active") == "Active")
