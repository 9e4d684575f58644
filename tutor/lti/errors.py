"""What can go wrong between a learning platform and the tutor.

TutorError
├── LaunchRefused       a launch that cannot be trusted; the reason is for the log, people get one plain sentence
├── UnknownPlatform     no platform of this id
└── RegistrationRefused the invitation or what the platform says of itself is not in order

A platform that does not answer, or not as LTI says, is a ``tutor.outbound.CallFailed``.
"""

from tutor.errors import TutorError


class LaunchRefused(TutorError):
    """A launch that cannot be trusted.

    Args:
        reason: What is wrong, for the operator's log; it never holds a token.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownPlatform(TutorError):
    """No platform of this id is registered."""

    def __init__(self, platform_id: str) -> None:
        super().__init__(f"there is no platform {platform_id!r}; see: course-tutor lti platforms")


class RegistrationRefused(TutorError):
    """The invitation, or what the platform says of itself, is not in order."""
