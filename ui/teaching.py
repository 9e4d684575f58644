"""Who teaches what, as the API says it: decides what is offered, never what is allowed."""

from tutor.people_schemas import Me

EVERY_COURSE = "*"


def taught_by(me: Me) -> list[str]:
    """The courses that the person may instruct; ``*`` stands for every course."""
    return [course_id for course_id, granted in me.permissions.items() if "instruct" in granted]
