"""The vocabulary of LTI 1.3, as far as the tutor speaks it. Terms are those of the 1EdTech specifications."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tutor.permissions import Role

MessageType = Literal["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]


@dataclass(frozen=True, slots=True)
class Platform:
    """A learning platform as it is registered here: the pair of issuer and client id is its name in a launch."""

    platform_id: str
    name: str
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    token_audience: str
    courses: tuple[str, ...] = ()  # that it may open; empty: every course
    trusts_instructors: bool = True

    def may_open(self, course_id: str) -> bool:
        """Whether its links may open this course."""
        return not self.courses or course_id in self.courses


@dataclass(frozen=True, slots=True)
class LaunchState:
    """What the tutor remembers between sending a browser to the platform and its coming back."""

    platform_id: str
    nonce: str
    target_link_uri: str
    storage_target: str = ""  # the platform's frame that keeps data for us where cookies are blocked
    binding_sha256: str = ""  # hash of what only this browser was given
    login_hint: str = ""  # to begin again in a window of its own, where the browser keeps cookies
    message_hint: str = ""


@dataclass(frozen=True, slots=True)
class DeepLinking:
    """Where chosen links go back to, and what the platform takes."""

    return_url: str
    data: str | None
    accepts_several: bool
    accepts_line_items: bool


@dataclass(frozen=True, slots=True)
class Services:
    """The platform's services for this link; empty addresses where it offers none."""

    memberships_url: str = ""
    line_items_url: str = ""
    line_item_url: str = ""
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Launch:
    """A launch that was found good."""

    platform: Platform
    deployment_id: str
    message_type: MessageType
    subject: str  # the platform's id of the person; empty for an anonymous launch
    role: Role
    context_id: str
    context_title: str
    resource_link_id: str
    target_link_uri: str
    return_url: str
    custom: Mapping[str, str] = field(default_factory=dict)
    deep_linking: DeepLinking | None = None
    services: Services = Services()
