"""Reading a launch: an id token that a browser brought becomes a ``Launch``, or is refused.

The order is that of OpenID Connect Core 3.1.3.7 and the LTI security framework 1.0, 5.1.3: signature, issuer, audience,
times, nonce, then what LTI asks for. Whoever is refused hears one sentence; the reason goes to the log.
"""

from collections.abc import Callable
from typing import Any

import jwt

from tutor.lti import claims as names
from tutor.lti.claims import Claims, inner, text, texts
from tutor.lti.errors import LaunchRefused
from tutor.lti.roles import role_of
from tutor.lti.types import DeepLinking, Launch, LaunchState, MessageType, Platform, Services
from tutor.lti.web_origin import origin_of

LEEWAY_S = 60  # clocks differ, and Moodle's tokens live for 60 seconds only
MAX_TOKEN_CHARS = 32 * 1024  # a launch with every claim of the specification has about 5,000

_ALGORITHMS = ["RS256"]  # what LTI prescribes; never what a token asks for
_KEY_IN_HEADER = frozenset({"jku", "jwk", "x5u", "x5c"})  # a token that brings its own key proves nothing
_VERSION = "1.3.0"

FindKey = Callable[[Platform, str], jwt.PyJWK]


def read_launch(id_token: str, platform: Platform, state: LaunchState, find_key: FindKey, *, origin: str) -> Launch:
    """Check an id token against everything that is known, and read it.

    Args:
        id_token: As posted.
        platform: The one that the state names.
        state: What was remembered when this browser was sent to the platform.
        find_key: Gives the platform's published key of an id.
        origin: Our own, which the launched address must be on.

    Raises:
        LaunchRefused: It cannot be trusted; the reason is for the log.
    """
    claims = _verified(id_token, platform, find_key)
    _check_authorised_party(claims, platform)
    if not state.nonce or text(claims, "nonce") != state.nonce:
        raise LaunchRefused("the nonce is not the one this browser was sent with")
    if text(claims, names.VERSION) != _VERSION:
        raise LaunchRefused(f"the LTI version is not {_VERSION}")
    message_type = _message_type(claims)
    deployment_id = text(claims, names.DEPLOYMENT_ID, most=255)
    if not deployment_id:
        raise LaunchRefused("there is no deployment_id")
    target = text(claims, names.TARGET_LINK_URI)
    if message_type == "LtiResourceLinkRequest":
        _check_target(target, state, origin)
        if not text(inner(claims, names.RESOURCE_LINK), "id"):
            raise LaunchRefused("there is no resource link")
    return Launch(
        platform=platform,
        deployment_id=deployment_id,
        message_type=message_type,
        subject=text(claims, "sub", most=255),
        role=role_of(texts(claims, names.ROLES), trusts_instructors=platform.trusts_instructors),
        context_id=text(inner(claims, names.CONTEXT), "id", most=255),
        context_title=text(inner(claims, names.CONTEXT), "title", most=500),
        resource_link_id=text(inner(claims, names.RESOURCE_LINK), "id", most=255),
        target_link_uri=target,
        return_url=_web_address(text(inner(claims, names.LAUNCH_PRESENTATION), "return_url")),
        custom=_custom(claims),
        deep_linking=_deep_linking(claims) if message_type == "LtiDeepLinkingRequest" else None,
        services=_services(claims),
    )


def _verified(id_token: str, platform: Platform, find_key: FindKey) -> Claims:
    if not id_token or len(id_token) > MAX_TOKEN_CHARS:
        raise LaunchRefused(f"there is no id_token of at most {MAX_TOKEN_CHARS} characters")
    try:
        header = jwt.get_unverified_header(id_token)
        if header.get("alg") not in _ALGORITHMS:
            raise LaunchRefused("the token is not signed with RS256")
        if brought := _KEY_IN_HEADER.intersection(header):
            raise LaunchRefused(f"the token brings its own key: {', '.join(sorted(brought))}")
        kid = header.get("kid")
        if not isinstance(kid, str) or not kid:
            raise LaunchRefused("the token does not say which key signed it")
        claims: dict[str, Any] = jwt.decode(
            id_token,
            find_key(platform, kid),
            algorithms=_ALGORITHMS,
            audience=platform.client_id,
            issuer=platform.issuer,
            leeway=LEEWAY_S,
            options={"require": ["iss", "aud", "exp", "iat", "nonce"]},
        )
    except jwt.PyJWTError as error:
        raise LaunchRefused(f"the token does not hold: {type(error).__name__}") from error
    return claims


def _check_authorised_party(claims: Claims, platform: Platform) -> None:
    """With several audiences, the token must have been made for us and not for one of the others."""
    audience, party = claims.get("aud"), claims.get("azp")
    if isinstance(audience, list) and len(audience) > 1 and party is None:
        raise LaunchRefused("the token has several audiences and names no authorised party")
    if party is not None and party != platform.client_id:
        raise LaunchRefused("the token was made for another party")


def _message_type(claims: Claims) -> MessageType:
    match text(claims, names.MESSAGE_TYPE):
        case "LtiResourceLinkRequest":
            return "LtiResourceLinkRequest"
        case "LtiDeepLinkingRequest":
            return "LtiDeepLinkingRequest"
        case _:
            raise LaunchRefused("the message type is not one that is offered here")


def _check_target(target: str, state: LaunchState, origin: str) -> None:
    """The address of the signed token counts, and it must be ours; the unsigned one of the login must agree."""
    if origin_of(target) != origin:
        raise LaunchRefused("the target_link_uri is not on this service")
    if state.target_link_uri and state.target_link_uri != target:
        raise LaunchRefused("the target_link_uri is not the one of the login")


def _deep_linking(claims: Claims) -> DeepLinking:
    settings = inner(claims, names.DEEP_LINKING_SETTINGS)
    return_url = _web_address(text(settings, "deep_link_return_url"))
    if not return_url:
        raise LaunchRefused("there is no address to send the chosen links to")
    if "ltiResourceLink" not in texts(settings, "accept_types"):
        raise LaunchRefused("the platform takes no links to tools here")
    data = settings.get("data")
    return DeepLinking(
        return_url=return_url,
        data=data if isinstance(data, str) else None,
        accepts_several=settings.get("accept_multiple") is not False,
        accepts_line_items=settings.get("accept_lineitem") is not False,
    )


def _services(claims: Claims) -> Services:
    grades = inner(claims, names.GRADES)
    return Services(
        memberships_url=_web_address(text(inner(claims, names.MEMBERSHIPS), "context_memberships_url")),
        line_items_url=_web_address(text(grades, "lineitems")),
        line_item_url=_web_address(text(grades, "lineitem")),
        scopes=texts(grades, "scope"),
    )


def _custom(claims: Claims) -> dict[str, str]:
    return {name: value[:500] for name, value in inner(claims, names.CUSTOM).items() if isinstance(value, str)}


def _web_address(address: str) -> str:
    """``address`` if it is one of the web, else nothing: it will be a link or be called."""
    return address if origin_of(address) else ""
