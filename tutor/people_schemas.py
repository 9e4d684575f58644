"""Wire types about people: who the caller is and may do what."""

from datetime import datetime

from pydantic import Field, JsonValue

from tutor.permissions import Permission
from tutor.schemas import Wire


class Me(Wire):
    """The caller, as the service knows them."""

    person_id: str = Field(description="Pseudonym; empty for programs and for visitors without a cookie.")
    kind: str = Field(description="session, visitor or key.")
    permissions: dict[str, list[Permission]] = Field(description="By course id; `*` for every course.")
    courses: list[str] = Field(description="Ids of the courses that the caller may see.")


class PersonExport(Wire):
    """Everything that is kept of one person."""

    person_id: str
    exported_at: datetime
    rows: dict[str, list[dict[str, JsonValue]]] = Field(description="By table; tables without rows are left out.")
