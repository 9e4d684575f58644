"""Who may do what: permissions, and the roles that bundle them. One policy for people, keys, REST, chat and LTI."""

from typing import Literal, get_args

Role = Literal["student", "instructor", "admin"]

# read: see courses and sources; ask; ingest: bring and remove course files; instruct: see questions and receipts,
# correct answers; administer: courses, keys, people, backups.
Permission = Literal["read", "ask", "ingest", "instruct", "administer"]

PERMISSIONS: tuple[Permission, ...] = get_args(Permission)
STUDENT: frozenset[Permission] = frozenset({"read", "ask"})
INSTRUCTOR: frozenset[Permission] = STUDENT | {"ingest", "instruct"}
ADMIN: frozenset[Permission] = frozenset(PERMISSIONS)

OF_ROLE: dict[Role, frozenset[Permission]] = {"student": STUDENT, "instructor": INSTRUCTOR, "admin": ADMIN}
