"""Deep linking: an instructor chooses a course or a chapter, and the platform gets links that open the tutor there."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tutor.lti import claims as names
from tutor.lti.signing_keys import SigningKey
from tutor.lti.types import Launch

_LIFE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a link opens."""

    course_id: str
    title: str
    document_id: str = ""  # the chapter it is scoped to; empty for the whole course
    maximum_score: float = 0.0  # of a practice set; 0 where nothing is graded


def response_token(launch: Launch, chosen: Sequence[Chosen], key: SigningKey, *, launch_url: str) -> str:
    """The signed answer that the instructor's browser posts to the platform.

    Args:
        launch: The deep linking launch that is answered.
        chosen: What was chosen; nothing closes the platform's dialog without a link.
        key: Signs it.
        launch_url: Where the links launch.
    """
    settings = launch.deep_linking
    if settings is None:
        raise ValueError("this launch did not ask for links")
    now = datetime.now(UTC)
    items = [_item(each, launch_url, graded=settings.accepts_line_items) for each in chosen]
    claims: dict[str, Any] = {
        "iss": launch.platform.client_id,
        "aud": launch.platform.issuer,
        "iat": now,
        "exp": now + _LIFE,
        "nonce": secrets.token_urlsafe(16),
        names.DEPLOYMENT_ID: launch.deployment_id,
        names.MESSAGE_TYPE: "LtiDeepLinkingResponse",
        names.VERSION: "1.3.0",
        names.CONTENT_ITEMS: items if settings.accepts_several else items[:1],
    }
    if settings.data is not None:  # to be given back as it came, and not at all where none came
        claims[names.DEEP_LINKING_DATA] = settings.data
    return key.sign(claims)


def _item(chosen: Chosen, launch_url: str, *, graded: bool) -> dict[str, Any]:
    practice = f"{chosen.maximum_score:g}" if chosen.maximum_score > 0 else ""
    scope = {"document": chosen.document_id, "practice": practice}
    item: dict[str, Any] = {
        "type": "ltiResourceLink",
        "title": chosen.title,
        "url": launch_url,
        "custom": {"course": chosen.course_id, **{name: value for name, value in scope.items() if value}},
    }
    if chosen.maximum_score > 0 and graded:
        item["lineItem"] = {"scoreMaximum": chosen.maximum_score, "label": chosen.title}
    return item
