"""From a platform's role URIs to a role here. What is not known gives nothing more than a student's."""

from collections.abc import Sequence

from tutor.permissions import Role

_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"

# Context roles only: an institution's "Instructor" teaches something, not therefore this course. A sub-role such as
# .../membership/Instructor#TeachingAssistant has its own URI and the same rights; short names are allowed for these.
_TEACHING = frozenset(
    {
        f"{_MEMBERSHIP}#Instructor",
        f"{_MEMBERSHIP}#ContentDeveloper",
        f"{_MEMBERSHIP}#Administrator",
        f"{_MEMBERSHIP}/Instructor#TeachingAssistant",
        f"{_MEMBERSHIP}/Instructor#Lecturer",
        f"{_MEMBERSHIP}/Instructor#PrimaryInstructor",
        f"{_MEMBERSHIP}/Instructor#SecondaryInstructor",
        "Instructor",
        "ContentDeveloper",
        "TeachingAssistant",
    }
)
# Who looks after the whole platform may look into a course there.
_ADMINISTERING = frozenset(
    {
        "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator",
        "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator",
        "http://purl.imsglobal.org/vocab/lis/v2/system/person#SysAdmin",
    }
)


def role_of(uris: Sequence[str], *, trusts_instructors: bool) -> Role:
    """The role that a launch's ``roles`` claim stands for in the launched course.

    Args:
        uris: As the platform sent them.
        trusts_instructors: Whether this platform's teachers are instructors here.
    """
    teaches = any(uri in _TEACHING or uri in _ADMINISTERING for uri in uris)
    return "instructor" if teaches and trusts_instructors else "student"
