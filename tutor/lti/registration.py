"""Dynamic registration: a platform's administrator opens our link there, and the two sides tell each other the rest.

An invitation of ours names the hosts that the registration may speak with, so that nobody can send the tutor
somewhere; several where a platform signs people in or gives tokens out elsewhere, as Canvas and Brightspace do.
(LTI Dynamic Registration 1.0, OpenID Connect Dynamic Client Registration 1.0.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tutor.lti.claims import MEMBERSHIPS_SCOPE, SCORE_SCOPE, Claims, inner, text, texts
from tutor.lti.errors import RegistrationRefused
from tutor.lti.types import Platform
from tutor.outbound import CallFailed, Outbound, allowed_host
from tutor.state.ids import new_id

_TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
_WANTED_SCOPES = (MEMBERSHIPS_SCOPE, SCORE_SCOPE)
_NAME = "Course tutor"
_ABOUT = "Answers from the course text only, every sentence cited."


@dataclass(frozen=True, slots=True)
class Registered:
    """What came of a registration."""

    platform: Platform
    deployment_id: str  # empty where the platform makes deployments later


def register(
    outbound: Outbound,
    *,
    configuration_url: str,
    token: str,
    hosts: Sequence[str],
    origin: str,
    courses: tuple[str, ...],
) -> Registered:
    """Read what the platform says of itself, and tell it about us.

    Args:
        outbound: The way to the platform.
        configuration_url: The ``openid_configuration`` that it named.
        token: The ``registration_token`` that it gave; may be empty.
        hosts: Those that the invitation allows; the platform is called after the first.
        origin: Our own.
        courses: The courses that it will be able to open.

    Raises:
        RegistrationRefused: Something is not in order; the message says what.
        CallFailed: The platform does not answer as it should.
    """
    _require_host(configuration_url, hosts, "its configuration")
    host = hosts[0]
    configuration = outbound.get(configuration_url).json
    if not isinstance(configuration, dict):
        raise CallFailed(host, "sent a configuration that is none")
    addresses = {name: text(configuration, name) for name in _ADDRESSES}
    for name, address in addresses.items():
        _require_host(address, hosts, name)
    issuer = text(configuration, "issuer")
    _require_host(issuer, hosts, "the issuer")
    # Only what is offered may be asked for; some platforms refuse the whole registration otherwise.
    offered = set(texts(configuration, "scopes_supported"))
    scopes = [scope for scope in _WANTED_SCOPES if not offered or scope in offered]
    reply = outbound.post_json(addresses["registration_endpoint"], _about_us(origin, scopes), token=token).json
    if not isinstance(reply, dict) or not (client_id := text(reply, "client_id", most=500)):
        raise CallFailed(host, "gave no client_id")
    family = text(inner(configuration, "https://purl.imsglobal.org/spec/lti-platform-configuration"),
                  "product_family_code", most=100)  # fmt: skip
    platform = Platform(
        platform_id=new_id(),
        name=f"{family or 'platform'} at {host}",
        issuer=issuer,
        client_id=client_id,
        auth_url=addresses["authorization_endpoint"],
        token_url=addresses["token_endpoint"],
        jwks_url=addresses["jwks_uri"],
        token_audience=text(configuration, "authorization_server") or addresses["token_endpoint"],
        courses=courses,
    )
    return Registered(platform, _deployment_id(reply))


_ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")


def _require_host(url: str, hosts: Sequence[str], what: str) -> None:
    try:
        named = allowed_host(url)
    except CallFailed as error:
        raise RegistrationRefused(f"{what}: {error}") from error
    if named.lower() not in {host.lower() for host in hosts}:
        raise RegistrationRefused(
            f"{what} is at {named}, but the invitation is for {', '.join(hosts)}; ask for one that names both"
        )


def _about_us(origin: str, scopes: list[str]) -> dict[str, Any]:
    launch = f"{origin}/lti/launch"
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": f"{origin}/lti/login",
        "redirect_uris": [launch],
        "client_name": _NAME,
        "jwks_uri": f"{origin}/lti/jwks.json",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(scopes),
        # Platforms that know no placements leave them out; without them Canvas would show the tool nowhere.
        _TOOL: {
            "domain": urlsplit(origin).netloc,
            "description": _ABOUT,
            "target_link_uri": launch,
            "claims": ["iss", "sub"],  # no name, no address: the tutor keeps neither
            "messages": [
                {
                    "type": "LtiResourceLinkRequest",
                    "target_link_uri": launch,
                    "label": _NAME,
                    "placements": ["course_navigation"],
                },
                {
                    "type": "LtiDeepLinkingRequest",
                    "target_link_uri": launch,
                    "label": f"{_NAME}: choose a chapter",
                    "placements": ["ContentArea"],
                },
            ],
        },
    }


def _deployment_id(reply: Claims) -> str:
    return text(inner(reply, _TOOL), "deployment_id", most=255)
