"""The two halves of signing in: sending a browser to its platform, and telling that the one that returns is the same.

What only this browser knows is a random value, the binding. It comes back in a cookie, or from the platform's frame
where the browser keeps no cookies; its hash travels in the sealed state.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from tutor.lti.state_token import LIFE, seal
from tutor.lti.types import LaunchState, Platform

_HINT_CHARS = 2000  # of both hints that the state remembers for a second way in; Canvas sends a token of some 700
_ADDRESS_CHARS = 2000  # as a launch's claims are cut, so that the two agree


@dataclass(frozen=True, slots=True)
class SignIn:
    """A browser on its way to the platform."""

    url: str  # of the platform's authorisation
    cookie: str  # value of a Set-Cookie header
    storage_key: str
    binding: str


def begin(platform: Platform, fields: Mapping[str, str], *, redirect_uri: str, secret: bytes) -> SignIn:
    """Make the authorisation request (LTI security framework 1.0, 5.1.1).

    Args:
        platform: Where to.
        fields: Of the login that the platform initiated.
        redirect_uri: Our launch address.
        secret: Seals the state.
    """
    binding, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    hints = {name: fields.get(name, "") for name in ("login_hint", "lti_message_hint")}
    # Half a hint is none; longer ones go to the platform all the same, and there is no offer of a window of its own.
    kept = hints if sum(map(len, hints.values())) <= _HINT_CHARS else dict.fromkeys(hints, "")
    state = LaunchState(
        platform_id=platform.platform_id,
        nonce=nonce,
        target_link_uri=_cut(fields, "target_link_uri"),
        storage_target=_cut(fields, "lti_storage_target"),
        binding_sha256=_hash(binding),
        login_hint=kept["login_hint"],
        message_hint=kept["lti_message_hint"],
    )
    query = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        "redirect_uri": redirect_uri,
        "login_hint": hints["login_hint"],
        "state": seal(state, secret),
        "nonce": nonce,
        **({"lti_message_hint": hints["lti_message_hint"]} if hints["lti_message_hint"] else {}),
    }
    joint = "&" if "?" in platform.auth_url else "?"
    name, max_age_s = _cookie_name(nonce), int(LIFE.total_seconds())
    cookie = f"{name}={binding}; Path=/; Max-Age={max_age_s}; HttpOnly; Secure; SameSite=None; Partitioned"
    return SignIn(f"{platform.auth_url}{joint}{urlencode(query)}", cookie, storage_key(nonce), binding)


def is_same_browser(state: LaunchState, headers: Headers, binding: str) -> bool:
    """Whether the browser that came back is the one that was sent.

    Args:
        state: As unsealed.
        headers: Of the launch; its cookie counts.
        binding: What the platform's frame kept, where there is one.
    """
    cookie = cookie_parser(headers.get("cookie", "")).get(_cookie_name(state.nonce), "")
    return any(hmac.compare_digest(_hash(value), state.binding_sha256) for value in (cookie, binding) if value)


def login_again(state: LaunchState, platform: Platform) -> dict[str, str]:
    """The fields of the same login, to begin anew; without a storage target, for a window of its own has none."""
    return {
        "iss": platform.issuer,
        "client_id": platform.client_id,
        "target_link_uri": state.target_link_uri,
        "login_hint": state.login_hint,
        "lti_message_hint": state.message_hint,
    }


def forget_cookie(state: LaunchState) -> str:
    """The value of a Set-Cookie header that takes the binding back: it has done its work."""
    return f"{_cookie_name(state.nonce)}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=None; Partitioned"


def storage_key(nonce: str) -> str:
    """Under what name the platform's frame keeps the binding."""
    return f"course-tutor-{_hash(nonce)[:16]}"


def _cookie_name(nonce: str) -> str:
    # The prefix keeps other hosts of the same domain from setting it.
    return f"__Host-lti-{_hash(nonce)[:16]}"


def _cut(fields: Mapping[str, str], name: str) -> str:
    return fields.get(name, "")[:_ADDRESS_CHARS]


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
