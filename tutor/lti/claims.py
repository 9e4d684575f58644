"""The names of LTI's claims and scopes, and reading them out of a token without trusting their types."""

from collections.abc import Mapping
from typing import Any

_CLAIM = "https://purl.imsglobal.org/spec/lti/claim"
VERSION = f"{_CLAIM}/version"
MESSAGE_TYPE = f"{_CLAIM}/message_type"
DEPLOYMENT_ID = f"{_CLAIM}/deployment_id"
TARGET_LINK_URI = f"{_CLAIM}/target_link_uri"
RESOURCE_LINK = f"{_CLAIM}/resource_link"
ROLES = f"{_CLAIM}/roles"
CONTEXT = f"{_CLAIM}/context"
CUSTOM = f"{_CLAIM}/custom"
LAUNCH_PRESENTATION = f"{_CLAIM}/launch_presentation"

_DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim"
DEEP_LINKING_SETTINGS = f"{_DEEP}/deep_linking_settings"
CONTENT_ITEMS = f"{_DEEP}/content_items"
DEEP_LINKING_DATA = f"{_DEEP}/data"

MEMBERSHIPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
MEMBERSHIPS_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"

GRADES = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"

Claims = Mapping[str, Any]


def text(claims: Claims, name: str, *, most: int = 2000) -> str:
    """A claim that is text, cut to ``most`` characters; empty when it is missing or something else."""
    value = claims.get(name)
    return value[:most] if isinstance(value, str) else ""


def inner(claims: Claims, name: str) -> Claims:
    """A claim that is an object; empty when it is missing or something else."""
    value = claims.get(name)
    return value if isinstance(value, dict) else {}


def texts(claims: Claims, name: str) -> tuple[str, ...]:
    """A claim that is a list of texts; whatever in it is something else is left out."""
    value = claims.get(name)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
