"""Wire types of a learning platform's roster."""

from pydantic import Field

from tutor.permissions import Role
from tutor.schemas import Wire


class RosterEntry(Wire):
    """One person of the learning platform's course, without a name."""

    person_id: str = Field(description="The same pseudonym as in questions and feedback.")
    role: Role
    active: bool


class Roster(Wire):
    """The people of the course at the learning platform."""

    people: list[RosterEntry]
